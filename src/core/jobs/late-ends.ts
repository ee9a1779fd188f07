/**
 * Attempts that were given up unheard, of which their launcher says now, back again, that it has them: each has ended, and
 * that is told in a moment, or still runs, and is being stopped. Until its end is told its job is given to nobody: it would run
 * twice, the second time perhaps for nothing.
 */
import type { JobId } from '../../../protocol/jobs';
import type { Model } from '../model';
import type { Attempt } from './rows';

/** In memory: a manager that comes after this one is told all launchers' tables anew. What cannot be ended is not waited for for good. */
export function awaitEnd({ jobs }: Model, attempt: Attempt, nowMs: number): void {
  const graceMs = jobs.job(attempt.job)?.spec.timeouts.graceMs ?? 0;
  const untilMs = nowMs + graceMs + TOLD_MS;
  jobs.endAwaitedUntilMs.set(attempt.id, untilMs);
  jobs.due.add(untilMs, { kind: 'late end', id: attempt.id });
}
/** From a sync to the facts that follow it, and from SIGKILL to the word that the tree is gone. */
const TOLD_MS = 5_000;

/** It was told. */
export function endTold({ jobs }: Model, { id }: Attempt): void {
  if (jobs.endAwaitedUntilMs.delete(id)) jobs.mayMatch = true;
}

export type EndsAwaited = ReadonlyMap<JobId, Attempt>;
const NONE: EndsAwaited = new Map();

/** By job. */
export function endsAwaited({ jobs }: Model, nowMs: number): EndsAwaited {
  const { endAwaitedUntilMs } = jobs;
  if (endAwaitedUntilMs.size === 0) return NONE;
  const found = new Map<JobId, Attempt>();
  for (const [id, untilMs] of endAwaitedUntilMs) {
    const attempt = jobs.attempt(id);
    if (untilMs <= nowMs || attempt === null) endAwaitedUntilMs.delete(id);
    else found.set(attempt.job, attempt);
  }
  return found;
}
