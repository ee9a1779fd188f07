import { memo } from 'react';
import type { RecoveryView } from '../../../../protocol/views';
import { Age } from '../../parts/age';
import { Said } from '../../parts/said';
import { StateMark } from '../../parts/state-mark';
import { TargetLink } from '../../parts/target-link';
import { fullTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';
import { tookText } from '../../state/durations';
import { endOf, subjectOf, type StoryEnd } from '../../state/stories';

const MARKS = { going: 'starting', ok: 'exited', failed: 'failed' } as const satisfies Record<StoryEnd, string>;

/** Found, decided, did, result: one line each, in the order in which it happened. */
export const Story = memo(function Story({ story }: { story: RecoveryView }) {
  const words = useWords();
  const { recovery } = words;
  const end = endOf(story);
  return (
    <li className="story" data-end={end}>
      <header>
        <StateMark state={MARKS[end]} />
        <strong>{recovery.ends[end]}</strong>
        <TargetLink target={subjectOf(story)} />
        <span className="story-kind">{recovery.kinds[story.kind as keyof typeof recovery.kinds] ?? story.kind}</span>
        {story.attempts_max > 0 && (
          <span className="num story-attempt">{recovery.attempt(story.attempt, story.attempts_max)}</span>
        )}
        {story.incident !== null && <span className="story-attempt">{recovery.inIncident}</span>}
        <time className="num">{fullTime(story.began_at_ms, words.locale)}</time>
      </header>
      <dl>
        <Line label={recovery.found} text={story.found} />
        <Line label={recovery.decided} text={story.decided} />
        <Line label={recovery.did} text={story.did} />
        <Line label={recovery.result} text={story.result ?? recovery.notYet}>
          <span className="num story-took">
            {story.ended_at_ms === null ? (
              <Age sinceMs={story.began_at_ms} wrap={recovery.since} />
            ) : (
              recovery.took(tookText(story.ended_at_ms - story.began_at_ms, words.units))
            )}
          </span>
        </Line>
      </dl>
    </li>
  );
});

function Line({ label, text, children }: { label: string; text: string; children?: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <Said text={text} /> {children}
      </dd>
    </div>
  );
}
