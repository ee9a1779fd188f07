/** What went wrong, what was made of it, and what came of that. */
import { useState } from 'react';
import { readRecoveries, type Recoveries } from '../../link/recovery';
import { useAnswer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { kindsOf } from '../../state/stories';
import { IncidentList } from './incident-list';
import { Story } from './story';

export function RecoveryPage() {
  const { recovery } = useWords();
  // Asked again whenever the manager tells of a recovery or an incident, and after a reconnect.
  const latest = useFleet((fleet) => fleet.events.findLast(({ kind }) => isAboutRecovery(kind))?.seq ?? 0);
  const connection = useFleet((fleet) => fleet.manager);
  const incident = useFleet((fleet) => fleet.incident);
  const answer = useAnswer(readRecoveries, [latest, connection, incident]);
  return (
    <div className="page">
      <h1>{recovery.title}</h1>
      <p className="lead">{recovery.lead}</p>
      {answer.kind === 'failed' && (
        <p className="problem" role="alert">
          {answer.why}
        </p>
      )}
      {answer.kind === 'here' && <Told {...answer.value} />}
    </div>
  );
}

/** A launcher's own restarts are told as events of its processes. */
const isAboutRecovery = (kind: string): boolean => /^(recovery|incident|brake|process|run)\./.test(kind);

function Told({ stats, stories, incidents }: Recoveries) {
  const words = useWords();
  const { recovery } = words;
  const [kind, setKind] = useState<string | null>(null);
  const shown = kind === null ? stories : stories.filter((story) => story.kind === kind);
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
      <IncidentList incidents={incidents} />
      <h2 className="stories-title">{recovery.stories}</h2>
      {stories.length === 0 ? (
        <p className="table-empty">{recovery.none}</p>
      ) : (
        <>
          <div className="chips stories-kinds" role="group" aria-label={recovery.kind}>
            <KindChip
              text={words.filter.all}
              count={stories.length}
              pressed={kind === null}
              onPress={() => setKind(null)}
            />
            {kindsOf(stories).map(([one, count]) => (
              <KindChip
                key={one}
                text={recovery.kinds[one as keyof typeof recovery.kinds] ?? one}
                count={count}
                pressed={kind === one}
                onPress={() => setKind(kind === one ? null : one)}
              />
            ))}
          </div>
          <ol className="stories">
            {shown.map((story) => (
              <Story key={story.id} story={story} />
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function KindChip(props: { text: string; count: number; pressed: boolean; onPress: () => void }) {
  return (
    <button type="button" className="chip" aria-pressed={props.pressed} onClick={props.onPress}>
      {props.text} <span className="chip-count">{props.count}</span>
    </button>
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
