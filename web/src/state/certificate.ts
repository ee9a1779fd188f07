/** A stop's certificate as one line: `SIGTERM 0.0 s, 3 seen, all gone 1.2 s, verified by cgroup`. */
import type { StopCertificate } from '../../../protocol/process-state';
import { formatSeconds } from './durations';

export interface CertificateWords {
  readonly signal: (signal: string, after: string) => string;
  readonly seen: (n: number) => string;
  readonly gone: (after: string) => string;
  readonly left: (n: number) => string;
  readonly by: Readonly<Record<StopCertificate['verifiedBy'], string>>;
}

export function certificateLine(certificate: StopCertificate, words: CertificateWords): string {
  const firsts = certificate.signals.filter(
    (sent, at, all) => all.findIndex((other) => other.signal === sent.signal) === at,
  );
  return [
    ...firsts.map((sent) => words.signal(sent.signal, formatSeconds(sent.afterMs))),
    words.seen(certificate.seen.length),
    certificate.left.length > 0 ? words.left(certificate.left.length) : words.gone(formatSeconds(tookMs(certificate))),
    words.by[certificate.verifiedBy],
  ].join(', ');
}

/** From the request to the end of the last process seen. */
export function tookMs(certificate: StopCertificate): number {
  const gone = certificate.seen.flatMap(({ goneAtMs }) => goneAtMs ?? []);
  return Math.max(0, (gone.length > 0 ? Math.max(...gone) : certificate.finishedAtMs) - certificate.requestedAtMs);
}
