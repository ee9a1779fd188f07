/** A job as it was submitted, and what it is known by. */
import type { JobView } from '../../../../protocol/job-views';
import { CopyButton } from '../../parts/copy-button';
import { Fact } from '../../parts/fact';
import { fullTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';
import { labelsText } from '../../state/labels';

export function JobDetails({ job }: { job: JobView }) {
  const { jobs, locale } = useWords();
  const spec = JSON.stringify(job.spec, null, 2);
  return (
    <div className="details">
      <dl className="facts">
        <Fact label={jobs.id}>
          <code>{job.job_id}</code> <CopyButton text={job.job_id} label={`${jobs.copy} ${job.job_id}`} plain />
        </Fact>
        <Fact label={jobs.command}>
          <code>{job.command}</code>
        </Fact>
        <Fact label={jobs.queueName}>{job.queue}</Fact>
        <Fact label={jobs.priorityName}>{job.priority}</Fact>
        <Fact label={jobs.retries}>{jobs.retriesOf(job.retries, job.retries_max)}</Fact>
        {Object.keys(job.labels).length > 0 && <Fact label={jobs.labels}>{labelsText(job.labels)}</Fact>}
        {job.array !== null && <Fact label={jobs.array}>{jobs.arrayAt(job.array.id, job.array.index)}</Fact>}
        {job.schedule !== null && (
          <Fact label={jobs.schedule}>
            {jobs.scheduledFor(job.schedule.name, fullTime(job.schedule.planned_at_ms, locale))}
          </Fact>
        )}
        {job.key !== null && <Fact label={jobs.key}>{job.key}</Fact>}
        <Fact label={jobs.via}>{jobs.vias[job.via]}</Fact>
      </dl>
      <h3>{jobs.definition}</h3>
      <pre className="job-spec" tabIndex={0}>
        {spec}
      </pre>
    </div>
  );
}
