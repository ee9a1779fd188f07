/** Rows as a submission and an assignment make them, with every field said: for tests of what keeps or reads rows. */
import type { WorkerId } from '../../../protocol/ids';
import { JobSpec, type AttemptId, type JobId } from '../../../protocol/jobs';
import type { Attempt, Job } from './rows';

export const plainJob = (id: string, more: Partial<Job> = {}): Job => ({
  id: id as JobId,
  spec: JobSpec.parse({ command: ['true'] }),
  state: { kind: 'queued' },
  sinceMs: 5,
  submittedAtMs: 5,
  order: 1,
  owner: 'alice',
  via: 'procguard',
  key: null,
  retries: 0,
  lastAttempt: null,
  exitCode: null,
  progress: null,
  meta: {},
  ...more,
});

/** The first one of a job. */
export const plainAttempt = (job: string): Attempt => ({
  id: `${job}.1` as AttemptId,
  job: job as JobId,
  epoch: 1,
  worker: 'w' as WorkerId,
  node: 0,
  round: 1,
  state: { kind: 'assigned' },
  stop: null,
  gpus: [],
  cpus: 0,
  memoryBytes: 0,
  assignedAtMs: 6,
  startedAtMs: null,
  leaseMs: 1000,
  run: null,
  exit: null,
  outputBytes: null,
  isolation: [],
  output: null,
});
