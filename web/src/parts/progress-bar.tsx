/** How far a job has come, as it says itself: a bar where it told a percentage, and its words. */
import type { JobRow } from '../../../protocol/job-views';
import { useWords } from './use-words';

export function ProgressBar({ progress }: { progress: NonNullable<JobRow['progress']> }) {
  const { jobs } = useWords();
  const { percent, message } = progress;
  return (
    <span className="progress" title={message ?? undefined}>
      {percent !== null && (
        <>
          <progress max={100} value={percent} aria-label={jobs.progress} />
          <span className="num">{jobs.percent(percent)}</span>
        </>
      )}
      {message !== null && <span className="progress-message">{message}</span>}
    </span>
  );
}
