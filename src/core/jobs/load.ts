/**
 * Jobs as they were remembered, when the manager starts. Nobody could renew while it was away: leases count from now. And the
 * clock may have been set back meanwhile: what is only to last for a while lasts no longer for it.
 */
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
  for (const job of [...rows.jobs].sort((a, b) => a.order - b.order)) model.setJob(bounded(job, nowMs));
  // Again, in the order in which they ended: the first of them are the first to be forgotten.
  for (const job of rows.jobs.filter(isOver).sort((a, b) => a.sinceMs - b.sinceMs)) {
    model.setJob(job);
    model.due.add(limitOfAge(job, settings), { kind: 'job', id: job.id });
  }
  for (const attempt of [...rows.attempts].sort((a, b) => a.epoch - b.epoch)) {
    model.setAttempt(attempt);
    if (isLive(attempt)) model.lease(attempt, nowMs);
  }
  for (const [device, atMs] of model.gpuGivenBackAtMs) if (atMs > nowMs) model.gpuGivenBackAtMs.set(device, nowMs);
  for (const { scope, max } of rows.jobLimits) model.setLimit(scope, max);
  model.order = Math.max(model.order, rows.order);
  model.raiseEpoch(rows.epoch);
}

/** The delay before a retry is a length, and its end was reckoned by the clock of then. A date that somebody named stays. */
function bounded(job: Job, nowMs: number): Job {
  const { state, sinceMs, retries } = job;
  if (state.kind !== 'waiting' || state.for !== 'delay' || state.untilMs === null || retries === 0) return job;
  const untilMs = Math.min(state.untilMs, nowMs + state.untilMs - sinceMs);
  return untilMs === state.untilMs ? job : { ...job, state: { ...state, untilMs } };
}
