/** A job's and an attempt's next row. Nothing else makes one from another. */
import type { AttemptOutcome } from '../../../protocol/jobs';
import type { Attempt, Job, JobState, Stop } from './rows';
import type { JobFact } from './words';

type JobChanged = Extract<JobFact, { kind: 'job.changed' }>;
type AttemptChanged = Extract<JobFact, { kind: 'attempt.changed' }>;

export const jobChanged = (job: Job, state: JobState, nowMs: number, changes: Partial<Job> = {}): JobChanged => ({
  kind: 'job.changed',
  job: { ...job, ...changes, state, sinceMs: nowMs },
  was: job.state.kind,
});

/** It is as it was, and something of it is not: its priority, its progress. */
export const jobEdited = (job: Job, changes: Partial<Omit<Job, 'state'>>): JobChanged => ({
  kind: 'job.changed',
  job: { ...job, ...changes },
  was: job.state.kind,
});

export const attemptStarted = (attempt: Attempt, nowMs: number, changes: Partial<Attempt> = {}): AttemptChanged => ({
  kind: 'attempt.changed',
  attempt: { ...attempt, ...changes, state: { kind: 'running', sinceMs: nowMs }, startedAtMs: nowMs },
  was: attempt.state.kind,
});

export const attemptStopping = (attempt: Attempt, stop: Stop): AttemptChanged => attemptEdited(attempt, { stop });

export const attemptEdited = (attempt: Attempt, changes: Partial<Omit<Attempt, 'state'>>): AttemptChanged => ({
  kind: 'attempt.changed',
  attempt: { ...attempt, ...changes },
  was: attempt.state.kind,
});

/** Only once, but for a lost one, whose result may come late. */
export const attemptOver = (
  attempt: Attempt,
  outcome: AttemptOutcome,
  why: string,
  nowMs: number,
  changes: Partial<Attempt> = {},
): AttemptChanged => ({
  kind: 'attempt.changed',
  attempt: { ...attempt, ...changes, state: { kind: 'ended', outcome, why, atMs: nowMs } },
  was: attempt.state.kind,
});
