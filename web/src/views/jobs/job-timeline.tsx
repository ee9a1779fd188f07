/** A job's time in one line: how long it waited, and how long each attempt ran. */
import type { JobView } from '../../../../protocol/job-views';
import { useClock } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { tookText } from '../../state/durations';
import { timelineOf } from '../../state/job-timeline';

export function JobTimeline({ job }: { job: JobView }) {
  const { jobs, units } = useWords();
  const untilMs = useClock(({ shownMs }) => job.ended_at_ms ?? shownMs);
  const pieces = timelineOf(job.tries, job.submitted_at_ms, untilMs);
  const text = ({ kind, fromMs, untilMs: end }: (typeof pieces)[number]) =>
    `${jobs[kind]} ${tookText(end - fromMs, units)}`;
  return (
    <figure className="timeline" aria-label={`${jobs.timeline}: ${pieces.map(text).join(', ')}`}>
      <div className="timeline-line" aria-hidden="true">
        {pieces.map((piece) => (
          <span
            key={piece.fromMs}
            data-kind={piece.kind}
            data-tone={piece.tone}
            title={text(piece)}
            style={{ flexGrow: piece.untilMs - piece.fromMs }}
          />
        ))}
      </div>
      <figcaption className="faint num">{pieces.map(text).join(' · ')}</figcaption>
    </figure>
  );
}
