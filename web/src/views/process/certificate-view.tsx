import type { StopCertificate } from '../../../../protocol/process-state';
import { useWords } from '../../parts/use-words';
import { certificateLine } from '../../state/certificate';
import { formatSeconds } from '../../state/durations';

/** The proof that a tree is gone, or the list of what is left: one line, and below it each process. */
export function CertificateView({ certificate }: { certificate: StopCertificate }) {
  const { certificate: words } = useWords();
  return (
    <div className="certificate" data-left={certificate.left.length > 0 || undefined}>
      <p className="certificate-line num">{certificateLine(certificate, words)}</p>
      <ul className="certificate-signals">
        {certificate.signals.map((sent, at) => (
          <li key={at} className="num">
            {words.to(sent.signal, sent.to, formatSeconds(sent.afterMs))}
          </li>
        ))}
      </ul>
      {certificate.seen.length > 0 && (
        <div className="plain-table-box">
          <table className="plain-table">
            <thead>
              <tr>
                <th className="num narrow">PID</th>
                <th>{words.process}</th>
                <th className="num">{words.goneAfter}</th>
              </tr>
            </thead>
            <tbody>
              {certificate.seen.map((one) => (
                <tr key={one.pid}>
                  <td className="num">{one.pid}</td>
                  <td>
                    <code>{one.command}</code>
                  </td>
                  <td className="num">
                    {one.goneAtMs === null
                      ? words.stillThere
                      : formatSeconds(Math.max(0, one.goneAtMs - certificate.requestedAtMs))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
