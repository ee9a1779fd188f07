/** Jobs as they were remembered, when the manager starts. Nobody could renew while it was away: leases count from now. */
import type { JobSettings } from '../settings';
import type { Jobs } from './jobs';
import { limitOfAge } from './retention';
import { isLive, isOver, type Attempt, type Job } from './rows';

export interface JobRows {
  readonly jobs: readonly Job[];
  readonly attempts: readonly Attempt[];
  readonly jobLimits: readonly JobLimit[];
  readonly order: number;
  readonly epoch: number;
}
export interface JobLimit {
  readonly scope: string;
  readonly max: number;
}

export function loadJobs(model: Jobs, rows: JobRows, settings: JobSettings, nowMs: number): void {
  model.shareBy(settings.fairShareBy);
  model.fixLimits(settings.limits);
  for (const job of [...rows.jobs].sort((a, b) => a.order - b.order)) model.setJob(job);
  // Again, in the order in which they ended: the first of them are the first to be forgotten.
  for (const job of rows.jobs.filter(isOver).sort((a, b) => a.sinceMs - b.sinceMs)) {
    model.setJob(job);
    model.due.add(limitOfAge(job, settings), { kind: 'job', id: job.id });
  }
  for (const attempt of [...rows.attempts].sort((a, b) => a.epoch - b.epoch)) {
    model.setAttempt(attempt);
    if (isLive(attempt)) model.lease(attempt, nowMs);
  }
  for (const { scope, max } of rows.jobLimits) model.setLimit(scope, max);
  model.order = Math.max(model.order, rows.order);
  model.epoch = Math.max(model.epoch, rows.epoch);
}
