import { useEffect, useState } from 'react';
import { readRecoveries, type Recoveries, type Recovery } from '../../link/recovery';
import { StateMark } from '../../parts/state-mark';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { formatSeconds } from '../../state/durations';

type Answer =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'here'; readonly recoveries: Recoveries }
  | { readonly kind: 'failed'; readonly why: string };

/** Read when opened and whenever the manager tells of a recovery: no poll. */
function useRecoveries(): Answer {
  const latest = useFleet((fleet) => fleet.events.findLast((event) => event.kind.startsWith('recovery.'))?.seq ?? 0);
  const connection = useFleet((fleet) => fleet.manager);
  const [answer, setAnswer] = useState<Answer>({ kind: 'waiting' });
  useEffect(() => {
    let wanted = true;
    readRecoveries().then(
      (recoveries) => wanted && setAnswer({ kind: 'here', recoveries }),
      (error: unknown) =>
        wanted && setAnswer({ kind: 'failed', why: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [latest, connection]);
  return answer;
}

export function RecoveryPage() {
  const { recovery } = useWords();
  const answer = useRecoveries();
  return (
    <div className="page">
      <h1>{recovery.title}</h1>
      <p className="lead">{recovery.lead}</p>
      {answer.kind === 'failed' && (
        <p className="problem" role="alert">
          {answer.why}
        </p>
      )}
      {answer.kind === 'here' && <Shown {...answer.recoveries} />}
    </div>
  );
}

function Shown({ stats, history }: Recoveries) {
  const words = useWords();
  const { recovery } = words;
  return (
    <>
      <dl className="figures">
        <Figure label={recovery.total} value={words.number(stats.total_recoveries)} />
        <Figure label={recovery.successful} value={words.number(stats.successful_recoveries)} />
        <Figure
          label={recovery.failed}
          value={words.number(stats.failed_recoveries)}
          bad={stats.failed_recoveries > 0}
        />
        <Figure
          label={recovery.rate}
          value={stats.total_recoveries === 0 ? '—' : `${Math.round(stats.success_rate * 100)}%`}
        />
      </dl>
      {history.length === 0 ? (
        <p className="table-empty">{recovery.none}</p>
      ) : (
        <div className="plain-table-box" tabIndex={0} role="region" aria-label={recovery.title}>
          <table className="plain-table">
            <thead>
              <tr>
                <th>{recovery.outcome}</th>
                <th>{recovery.worker}</th>
                <th>{recovery.finding}</th>
                <th>{recovery.stage}</th>
                <th className="num">{recovery.duration}</th>
                <th>{recovery.error}</th>
              </tr>
            </thead>
            <tbody>
              {history.map((entry, at) => (
                <RecoveryLine key={at} entry={entry} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function RecoveryLine({ entry }: { entry: Recovery }) {
  const { recovery } = useWords();
  const going = entry.stage !== 'completed' && entry.stage !== 'failed';
  return (
    <tr>
      <td className="outcome">
        <StateMark state={going ? 'starting' : entry.success ? 'exited' : 'failed'} />
        {going ? recovery.going : entry.success ? recovery.ok : recovery.notOk}
      </td>
      <td>{entry.process === null ? entry.worker_id : `${entry.worker_id}/${entry.process}`}</td>
      <td>{entry.finding}</td>
      <td>{entry.stage}</td>
      <td className="num">{formatSeconds(entry.duration * 1000)}</td>
      <td>{entry.error}</td>
    </tr>
  );
}

function Figure({ label, value, bad }: { label: string; value: string; bad?: boolean }) {
  return (
    <div className="figure" data-bad={bad || undefined}>
      <dt>{label}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}
