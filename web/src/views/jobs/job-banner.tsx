/** How a job is, in one sentence; how far it has come; who submitted it, and where it runs. */
import type { JobRow } from '../../../../protocol/job-views';
import { Age } from '../../parts/age';
import { ProgressBar } from '../../parts/progress-bar';
import { TONES } from '../../parts/state-mark';
import { TargetLink } from '../../parts/target-link';
import { fullTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';

export function JobBanner({ job, place }: { job: JobRow; place: number | null }) {
  const words = useWords();
  const { jobs } = words;
  return (
    <div className="why" data-tone={TONES[job.state]}>
      <div className="why-line">
        <span className="state-text" data-tone={TONES[job.state]}>
          <span className="state-word">{words.states[job.state]}</span>
          <span className="state-note num">
            {' '}
            <Age sinceMs={job.since_ms} />
          </span>
        </span>
        <span className="why-text">{job.why}</span>
      </div>
      {job.progress !== null && <ProgressBar progress={job.progress} />}
      <p className="job-facts">
        <span>
          {jobs.submittedBy} <time>{fullTime(job.submitted_at_ms, words.locale)}</time> {jobs.by(job.owner)}
        </span>
        {job.worker_id !== null && (
          <span>
            {jobs.worker} <TargetLink target={job.worker_id} />
          </span>
        )}
        {job.exit_code !== null && <span>{jobs.exitCode(job.exit_code)}</span>}
        {job.state === 'queued' && place !== null && <span>{jobs.place(place)}</span>}
      </p>
    </div>
  );
}
