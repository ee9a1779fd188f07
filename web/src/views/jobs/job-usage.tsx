/** What an attempt used over its life: its newest, or the one that is chosen. */
import { useState } from 'react';
import type { AttemptView, JobView } from '../../../../protocol/job-views';
import { readUsageBetween } from '../../link/usage';
import { useAnswer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { formatBytes, tookText } from '../../state/durations';
import { UsageCharts } from '../usage/usage-charts';

/** A chart of less is a dot. */
const SPAN_MS_MIN = 10_000;
/** While it runs, read again at this pace, while ticks come. */
const READ_AGAIN_MS = 5_000;

export function JobUsage({ job }: { job: JobView }) {
  const { jobs } = useWords();
  const ran = job.tries.filter(({ log, started_at_ms: startedMs }) => log !== null && startedMs !== null);
  const [chosen, setChosen] = useState<string | null>(null);
  const attempt = ran.find(({ attempt_id: id }) => id === chosen) ?? ran.at(-1);
  if (attempt === undefined) return <p className="table-empty">{jobs.noUsage}</p>;
  return (
    <div className="details">
      {ran.length > 1 && (
        <label className="select job-log-attempt">
          <span>{jobs.whichAttempt}</span>
          <select value={attempt.attempt_id} onChange={({ target }) => setChosen(target.value)}>
            {ran.map(({ attempt_id: id }) => (
              <option key={id} value={id}>
                {jobs.attempt(job.tries.findIndex((one) => one.attempt_id === id) + 1)}
              </option>
            ))}
          </select>
        </label>
      )}
      <Totals total={attempt.total} />
      <Charts key={attempt.attempt_id} attempt={attempt} />
    </div>
  );
}

function Totals({ total }: Pick<AttemptView, 'total'>) {
  const { jobs, units } = useWords();
  if (total === null) return null;
  const { cpu_seconds: cpu, max_rss_bytes: rss, max_gpu_memory_bytes: gpu } = total;
  return (
    <p className="num job-used">
      {jobs.usedInAll(tookText(cpu * 1000, units), formatBytes(rss), gpu === null ? null : formatBytes(gpu))}
    </p>
  );
}

function Charts({ attempt: { log, started_at_ms: startedMs, ended_at_ms: endedMs } }: { attempt: AttemptView }) {
  const { jobs } = useWords();
  const tickMs = useFleet((fleet) => fleet.tickMs);
  const beat = endedMs ?? Math.floor(tickMs / READ_AGAIN_MS);
  const fromMs = startedMs ?? 0;
  const untilMs = Math.max(endedMs ?? tickMs, fromMs + SPAN_MS_MIN);
  const answer = useAnswer(
    (signal) =>
      log === null ? Promise.reject(new Error(jobs.noUsage)) : readUsageBetween(log, [fromMs, untilMs], signal),
    [beat],
  );
  return <UsageCharts answer={answer} none={jobs.noUsage} spanMs={() => [fromMs, untilMs]} />;
}
