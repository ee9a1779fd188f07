/** What falls due by itself: leases, delays, times in the queue. */
import { limitOfAge } from './retention';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { attemptOver, jobChanged } from './changes';
import { begin, metBefore } from './dependencies';
import { isLive, isOver, QUEUED, queueEndsAtMs, type Attempt, type Job, type JobState } from './rows';
import type { JobFact } from './words';

/** RemoteGPU's word for it, and everybody's (seed 003). */
export const LEASE_EXPIRED = 'lease expired';

export function jobsDue(model: Model, settings: CoreSettings, nowMs: number): JobFact[] {
  const facts: JobFact[] = [];
  const seen = new Set<string>();
  for (const { kind, id } of model.jobs.due.take(nowMs)) {
    // A job's id may look like an attempt's.
    const name = `${kind} ${id}`;
    if (seen.has(name)) continue;
    seen.add(name);
    if (kind === 'trouble' || kind === 'late end') model.jobs.mayMatch = true;
    else if (kind === 'lease') facts.push(...leaseDue(model, id, nowMs));
    else {
      const job = model.jobs.job(id);
      if (job !== null) facts.push(...jobDue(model, settings, job, nowMs));
    }
  }
  return facts;
}

/** Renewals only move the end: it is looked at when the one known here has come. */
function leaseDue(model: Model, id: string, nowMs: number): JobFact[] {
  const attempt = model.jobs.attempt(id);
  if (attempt === null || !isLive(attempt)) return [];
  const endsAtMs = (model.jobs.renewedAtMs.get(attempt.id) ?? attempt.assignedAtMs) + attempt.leaseMs;
  if (endsAtMs > nowMs) {
    model.jobs.due.add(endsAtMs, { kind: 'lease', id: attempt.id });
    return [];
  }
  return [attemptOver(attempt, attempt.stop?.outcome ?? 'lost', attempt.stop?.why ?? lostWhy(model, attempt), nowMs)];
}

/** Source: API_JOBS section 2, "Requeue". */
const lostWhy = ({ workers }: Model, { worker }: Attempt): string =>
  workers.get(worker)?.type === 'sse' ? `Worker ${worker} went offline during training` : LEASE_EXPIRED;

/** One that others wait for stays, however old: they would wait for good. */
function tooOld(model: Model, settings: CoreSettings, job: Job, nowMs: number): JobFact[] {
  if (limitOfAge(job, settings.jobs) > nowMs) return [];
  for (const _ of model.jobs.dependentsOf(job.id)) {
    model.jobs.due.add(nowMs + LOOK_AGAIN_MS, { kind: 'job', id: job.id });
    return [];
  }
  return [{ kind: 'job.forgotten', id: job.id }];
}
const LOOK_AGAIN_MS = 60 * 60_000;

function jobDue(model: Model, settings: CoreSettings, job: Job, nowMs: number): JobFact[] {
  if (isOver(job)) return tooOld(model, settings, job, nowMs);
  const { queueMs } = job.spec.timeouts;
  if (job.state.kind === 'active') return [];
  const changed = (state: JobState): JobFact => jobChanged(job, state, nowMs, metBefore(model.jobs, job, state));
  const endsAtMs = queueEndsAtMs(job);
  if (queueMs !== null && endsAtMs !== null && job.lastAttempt === null && endsAtMs <= nowMs)
    return [changed({ kind: 'failed', why: `waited for ${queueMs / 1000} s, its limit, without being started` })];
  if (job.state.kind !== 'waiting' || job.state.untilMs === null || job.state.untilMs > nowMs) return [];
  const isAgain = job.lastAttempt !== null;
  return [changed(isAgain ? QUEUED : begin(model.jobs, job.spec, nowMs, false))];
}
