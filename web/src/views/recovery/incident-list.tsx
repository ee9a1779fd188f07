/** Many failures at once, told as one. */
import type { IncidentView } from '../../../../protocol/views';
import { Countdown } from '../../parts/age';
import { Said } from '../../parts/said';
import { TargetLink } from '../../parts/target-link';
import { fullTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';
import { tookText } from '../../state/durations';

/** The rest is counted. */
const SUBJECTS_SHOWN = 24;

export function IncidentList({ incidents }: { incidents: readonly IncidentView[] }) {
  const { recovery } = useWords();
  if (incidents.length === 0) return null;
  return (
    <>
      <h2 className="stories-title">{recovery.incidents}</h2>
      <ol className="stories">
        {incidents.map((incident) => (
          <Incident key={incident.id} incident={incident} />
        ))}
      </ol>
    </>
  );
}

function Incident({ incident }: { incident: IncidentView }) {
  const words = useWords();
  const { began_at_ms: beganMs, ended_at_ms: endedMs, release_at_ms: releaseMs, subjects } = incident;
  const rest = subjects.length - SUBJECTS_SHOWN;
  return (
    <li className="story" data-end={endedMs === null ? 'failed' : 'ok'}>
      <header>
        <strong>{words.incident.title(subjects.length)}</strong>
        <span className="num story-attempt">
          {endedMs !== null
            ? words.recovery.took(tookText(endedMs - beganMs, words.units))
            : releaseMs !== null && <Countdown untilMs={releaseMs} wrap={words.incident.release} />}
        </span>
        <time className="num">{fullTime(beganMs, words.locale)}</time>
      </header>
      <p>
        <Said text={incident.why} />
      </p>
      <p className="incident-subjects">
        {subjects.slice(0, SUBJECTS_SHOWN).map((subject) => (
          <TargetLink key={subject} target={subject} />
        ))}
        {rest > 0 && <span>{words.results.more(rest)}</span>}
      </p>
    </li>
  );
}
