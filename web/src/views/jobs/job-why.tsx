/** Why a job is as it is: what it waits for, the strongest first, and what happens next. Asked again whenever it changes. */
import type { JobView } from '../../../../protocol/job-views';
import { explainJob } from '../../link/jobs';
import { JobLink } from '../../parts/job-link';
import { Problem } from '../../parts/problem';
import { StateMark } from '../../parts/state-mark';
import { useAnswer } from '../../parts/use-answer';
import { useJobBoard } from '../../parts/use-job-board';
import { useWords } from '../../parts/use-words';
import { isOver } from '../../state/job-acts';

export function JobWhy({ job }: { job: JobView }) {
  const words = useWords();
  const { jobs } = words;
  // Why it waits is about the others too.
  const told = useJobBoard(({ ticks }) => (isOver(job.state) ? 0 : ticks));
  const answer = useAnswer((signal) => explainJob(job.job_id, signal), [job, told]);
  if (answer.kind === 'waiting') return <p className="table-empty">{jobs.reading}</p>;
  if (answer.kind === 'failed') return <Problem why={answer.why} />;
  const { summary, reasons, ahead, next } = answer.value;
  return (
    <div className="details job-explained">
      {/* The strongest reason alone says the same. */}
      {summary !== reasons[0]?.text && <p>{summary}</p>}
      {reasons.length > 0 && (
        <>
          <h3>{jobs.reasons}</h3>
          <ol className="job-reasons">
            {reasons.map(({ code, text, about }) => (
              <li key={`${code} ${text}`}>
                {text}
                {about.length > 0 && (
                  <span className="job-about">
                    {about.map((one) => (
                      <code key={one} className="label">
                        {one}
                      </code>
                    ))}
                  </span>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
      {ahead !== null && <p>{jobs.place(ahead)}</p>}
      {next !== '' && (
        <>
          <h3>{jobs.next}</h3>
          <p>{next}</p>
        </>
      )}
      <Others title={jobs.after} of={job.after} />
      <Others title={jobs.dependents} of={job.dependents} />
    </div>
  );
}

function Others({ title, of }: { title: string; of: JobView['after'] }) {
  const { jobs, states } = useWords();
  if (of.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className="behind" aria-label={title}>
        {of.map(({ job_id: id, state }) => (
          <li key={id}>
            {state !== null && <StateMark state={state} />}
            <JobLink id={id} />
            <span className="behind-state">{state === null ? jobs.forgotten : states[state]}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
