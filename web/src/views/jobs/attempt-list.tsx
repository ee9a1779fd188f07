/** Each time that a job was tried: where, with what, for how long, and how it ended. The newest first. */
import type { AttemptView, JobView } from '../../../../protocol/job-views';
import { Age, Countdown } from '../../parts/age';
import { Fact } from '../../parts/fact';
import { TargetLink } from '../../parts/target-link';
import { fullTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';
import { formatBytes, formatCpu, tookText } from '../../state/durations';
import { toneOfAttempt } from '../../state/job-timeline';
import { JobTimeline } from './job-timeline';

export function AttemptList({ job }: { job: JobView }) {
  const { jobs } = useWords();
  return (
    <div className="details">
      <JobTimeline job={job} />
      {job.tries.length === 0 && <p>{jobs.noAttempts}</p>}
      <ol className="attempts" aria-label={jobs.attempts}>
        {job.tries
          .map((attempt, at) => ({ attempt, at }))
          .reverse()
          .map(({ attempt, at }) => (
            <li key={attempt.attempt_id} className="attempt" data-tone={toneOfAttempt(attempt)}>
              <Head attempt={attempt} number={at + 1} isGang={job.nodes > 1} />
              {attempt.why !== '' && <p className="attempt-why">{attempt.why}</p>}
              <Facts attempt={attempt} />
            </li>
          ))}
      </ol>
    </div>
  );
}

function Head({ attempt, number, isGang }: { attempt: AttemptView; number: number; isGang: boolean }) {
  const { jobs, units } = useWords();
  const { started_at_ms: startedMs, ended_at_ms: endedMs, outcome } = attempt;
  return (
    <header>
      <strong>{jobs.attempt(number)}</strong>
      {isGang && <span className="tag">{jobs.node(attempt.node)}</span>}
      <span className="attempt-outcome">
        {outcome === null ? jobs.attemptStates[attempt.state] : jobs.outcomes[outcome]}
      </span>
      <TargetLink target={attempt.worker_id} />
      {startedMs !== null && (
        <span className="num faint">
          {jobs.ran} {endedMs === null ? <Age sinceMs={startedMs} /> : tookText(endedMs - startedMs, units)}
        </span>
      )}
    </header>
  );
}

function Facts({ attempt }: { attempt: AttemptView }) {
  const words = useWords();
  const { jobs } = words;
  const time = (ms: number) => fullTime(ms, words.locale);
  const { usage, total, stop, lease_until_ms: leaseMs, exit_code: code, signal } = attempt;
  return (
    <dl className="facts">
      <Fact label={jobs.id}>
        <code>{attempt.attempt_id}</code>
      </Fact>
      <Fact label={jobs.given}>{time(attempt.assigned_at_ms)}</Fact>
      {attempt.started_at_ms !== null && <Fact label={jobs.started}>{time(attempt.started_at_ms)}</Fact>}
      {attempt.ended_at_ms !== null && <Fact label={jobs.ended}>{time(attempt.ended_at_ms)}</Fact>}
      {(code !== null || signal !== null) && (
        <Fact label={jobs.exit}>{code !== null ? code : jobs.signal(signal ?? '')}</Fact>
      )}
      {stop !== null && <Fact label={jobs.stop}>{jobs.stopBy(stop.by, stop.why)}</Fact>}
      {leaseMs !== null && (
        <Fact label={jobs.lease}>
          <Countdown untilMs={leaseMs} wrap={jobs.leaseFor} />
        </Fact>
      )}
      {attempt.gpus.length > 0 && (
        <Fact label={jobs.devices}>
          {attempt.gpus
            .map(({ index, memory_bytes: bytes }) => jobs.device(index, bytes === null ? null : formatBytes(bytes)))
            .join(', ')}
        </Fact>
      )}
      {usage !== null && (
        <Fact label={jobs.uses}>
          {jobs.usesNow(
            formatCpu(usage.cpu),
            formatBytes(usage.rss_bytes),
            usage.gpu_memory_bytes === 0 ? null : formatBytes(usage.gpu_memory_bytes),
          )}
        </Fact>
      )}
      {total !== null && (
        <Fact label={jobs.used}>
          {jobs.usedInAll(
            tookText(total.cpu_seconds * 1000, words.units),
            formatBytes(total.max_rss_bytes),
            total.max_gpu_memory_bytes === null ? null : formatBytes(total.max_gpu_memory_bytes),
          )}
        </Fact>
      )}
      <Fact label={jobs.output}>{formatBytes(attempt.log_bytes)}</Fact>
      <Fact label={jobs.isolation}>
        {attempt.isolation.length === 0 ? jobs.noIsolation : attempt.isolation.join(', ')}
      </Fact>
      {attempt.unenforced.length > 0 && <Fact label={jobs.unenforced}>{attempt.unenforced.join('; ')}</Fact>}
    </dl>
  );
}
