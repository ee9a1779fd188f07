/** What a job has written: of its newest attempt that wrote something, or of the one that is chosen. */
import { useState } from 'react';
import type { AttemptView, JobView } from '../../../../protocol/job-views';
import { readJobLines } from '../../link/jobs';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useWords } from '../../parts/use-words';
import { subjectOf } from '../../state/job-output';
import { LogPanel } from '../log/log-panel';

export function JobLog({ job }: { job: JobView }) {
  const { jobs } = useWords();
  const [chosen, setChosen] = useState<string | null>(null);
  const [newest] = job.tries.filter(({ node }) => node === 0).slice(-1);
  const attempt = job.tries.find(({ attempt_id: id }) => id === chosen) ?? newest ?? job.tries.at(-1);
  if (attempt === undefined) return <p className="table-empty">{job.why}</p>;
  return (
    <div className="job-log">
      {job.tries.length > 1 && (
        <label className="select job-log-attempt">
          <span>{jobs.whichAttempt}</span>
          <select value={attempt.attempt_id} onChange={(event) => setChosen(event.target.value)}>
            {job.tries.map((one, at) => (
              <option key={one.attempt_id} value={one.attempt_id}>
                {jobs.attempt(at + 1)}
                {job.nodes > 1 && ` · ${jobs.node(one.node)}`} · {one.worker_id} ·{' '}
                {one.outcome === null ? jobs.attemptStates[one.state] : jobs.outcomes[one.outcome]}
              </option>
            ))}
          </select>
        </label>
      )}
      <Output key={attempt.attempt_id} job={job} attempt={attempt} />
    </div>
  );
}

function Output({ job, attempt }: { job: JobView; attempt: AttemptView }) {
  const subject = subjectOf(attempt);
  return subject === null ? <KeptLines job={job} attempt={attempt} /> : <LogPanel process={subject} />;
}

/** Workers of other protocols send their output with the result: there is nothing to follow. */
function KeptLines({ job, attempt }: { job: JobView; attempt: AttemptView }) {
  const { jobs, log } = useWords();
  const answer = useAnswer(
    (signal) => readJobLines(job.job_id, attempt.attempt_id, signal),
    [attempt.state, attempt.log_bytes],
  );
  if (answer.kind === 'waiting') return <p className="table-empty">{log.loading}</p>;
  if (answer.kind === 'failed') return <Problem why={answer.why} />;
  if (answer.value.lines.length === 0) return <p className="table-empty">{jobs.noLog}</p>;
  return (
    <pre className="job-lines" tabIndex={0}>
      {answer.value.lines.map(({ stream, text }, at) => (
        <span key={at} data-stream={stream}>
          {text}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
