/** A job is given to workers: the lease begins. */
import type { WorkerId } from '../../../protocol/ids';
import { attemptIdOf } from '../../../protocol/jobs';
import { jobChanged } from './changes';
import type { Placement } from './matching';
import type { Attempt, Job } from './rows';
import type { JobFact } from './words';

/**
 * @param leaseOf a worker's; null = as long as the job trusts a silent worker
 * @param epoch the last that was given
 * @param claim the request that it is claimed by; null = none
 */
export function assigned(
  { job, on }: Placement,
  epoch: number,
  leaseOf: (worker: WorkerId) => number | null,
  nowMs: number,
  claim: string | null = null,
): { facts: JobFact[]; job: Job; attempts: Attempt[] } {
  const { needs, trustMs } = job.spec;
  const attempts = on.map(({ worker, gpus }, node): Attempt => {
    const own = epoch + 1 + node;
    return {
      id: attemptIdOf(job.id, own),
      job: job.id,
      epoch: own,
      worker,
      node,
      round: epoch + 1,
      state: { kind: 'assigned' },
      stop: null,
      gpus,
      cpus: needs.cpus,
      memoryBytes: needs.memoryBytes,
      assignedAtMs: nowMs,
      startedAtMs: null,
      leaseMs: leaseOf(worker) ?? trustMs,
      run: null,
      exit: null,
      outputBytes: null,
      isolation: [],
      output: null,
      ...(claim === null ? {} : { claim }),
    };
  });
  const lastAttempt = attempts.at(-1)?.id ?? null;
  const begun = jobChanged(job, { kind: 'active' }, nowMs, { lastAttempt });
  return {
    job: begun.job,
    attempts,
    facts: [...attempts.map((attempt): JobFact => ({ kind: 'attempt.changed', attempt, was: null })), begun],
  };
}
