/** One machine: how many of its slots are taken, by what, and who has which device. */
import type { WorkerView } from '../../../../protocol/views';
import { drainWorker, undrainWorker } from '../../link/machines';
import { Age } from '../../parts/age';
import { GuardedButton } from '../../parts/guarded-button';
import { JobLink } from '../../parts/job-link';
import { StateMark, TONES } from '../../parts/state-mark';
import { TargetLink } from '../../parts/target-link';
import { useAtOnce } from '../../parts/use-at-once';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { GpuMap } from './gpu-map';

/** More than these are a line, not boxes. */
const BOXES_MAX = 64;

export function MachineCard({ worker }: { worker: WorkerView }) {
  const words = useWords();
  const { machineJobs } = words;
  const { worker_id: id, slots, slots_held: held, jobs, gpus, state } = worker;
  return (
    <li className="machine-card" aria-label={id}>
      <header>
        <StateMark state={state} />
        <strong>
          <TargetLink target={id} tab="details" />
        </strong>
        <span className="faint" data-tone={TONES[state]}>
          {words.states[state]}
        </span>
        <Drain worker={worker} />
      </header>
      {slots > 0 && slots <= BOXES_MAX && (
        <div className="machine-slots" aria-hidden="true">
          {Array.from({ length: slots }, (_, at) => (
            <span
              key={at}
              data-taken={at < jobs.length || undefined}
              data-held={(at >= jobs.length && at < jobs.length + held) || undefined}
            />
          ))}
        </div>
      )}
      <p className="faint num">{machineJobs.slots(jobs.length + held, slots, held)}</p>
      {jobs.length === 0 ? (
        <p className="faint">{machineJobs.idle}</p>
      ) : (
        <ul className="machine-jobs">
          {jobs.map((job) => (
            <li key={job.attempt_id}>
              <StateMark state={job.state} />
              <JobLink id={job.job_id}>{job.name}</JobLink>
              <span className="num">
                <Age sinceMs={job.since_ms} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <GpuMap gpus={gpus} jobs={jobs} />
    </li>
  );
}

function Drain({ worker: { worker_id: id, state } }: { worker: WorkerView }) {
  const { machineJobs } = useWords();
  const atOnce = useAtOnce();
  const refused = useRefusal('worker.drain', id);
  const isDraining = state === 'draining';
  return (
    <GuardedButton
      refused={refused}
      className="button small"
      onClick={() =>
        atOnce({
          to: id,
          work: () => (isDraining ? undrainWorker(id) : drainWorker(id)),
          done: (isDraining ? machineJobs.undrained : machineJobs.drained)(id),
          onDone: () => undefined,
        })
      }
    >
      {isDraining ? machineJobs.undrain : machineJobs.drain}
    </GuardedButton>
  );
}
