/** Jobs come in: all of one submission or none. */
import { Refusal } from '../../../protocol/errors';
import type { JobId, JobNeeds } from '../../../protocol/jobs';
import { LIMITS } from '../../../protocol/limits';
import type { CommandOf, Decision } from '../commands';
import { withMarkedSecrets } from '../definitions/secret-values';
import type { Model } from '../model';
import { refused } from '../refused';
import type { CoreSettings } from '../settings';
import { begin, circle, metBefore } from './dependencies';
import { withAwaitedArrays } from './awaited-arrays';
import type { Job } from './rows';
import { sameWords } from './same-words';
import { mayRunOn } from './scope-of-rights';
import type { JobFact, JobReplies, NewJob } from './words';

/**
 * The same key, or the same id with the same wish, is the same job: it is answered as it is now and changes nothing.
 * @returns Refusal job_taken (an id with another wish), unknown_job (a dependency), dependency_circle, queue_full,
 * bad_request (an array to wait for that is too long)
 */
export function submitJobs(
  model: Model,
  { jobs, via, owner, hold }: CommandOf<'submitJobs'>,
  { secretNames }: CoreSettings,
  nowMs: number,
): Decision<'submitJobs'> {
  const fresh = new Map<JobId, NewJob>();
  const keys = new Set<string>();
  const replies: { job: Job; isNew: boolean }[] = [];
  const facts: JobFact[] = [];
  // RemoteGPU knows no arrays: what its tasks name is one task.
  const withArrays = via === 'remotegpu' ? null : withAwaitedArrays(model, jobs);
  for (const given of jobs) {
    // Through whichever door it came, and before it is compared with what was marked when it came first.
    const spec = withMarkedSecrets(given.spec, secretNames);
    const marked = spec === given.spec ? given : { ...given, spec };
    const asked = withArrays === null ? marked : withArrays(marked);
    if (asked instanceof Refusal) return refused(asked);
    const known = knownAs(model, asked);
    if (known instanceof Refusal) return refused(known);
    if (known !== null) {
      replies.push({ job: known, isNew: false });
      continue;
    }
    if (fresh.has(asked.id))
      return refused(new Refusal('job_taken', `job id ${asked.id} comes twice in one submission`));
    // The first of its key in this submission answers for it.
    if (asked.key !== null && keys.has(asked.key)) continue;
    if (asked.key !== null) keys.add(asked.key);
    fresh.set(asked.id, asked);
  }
  const full = queueFull(model, fresh.size);
  if (full !== null) return refused(full);
  const closed = circle(model.jobs, fresh);
  if (closed !== null) return refused(closed);
  let { order } = model.jobs;
  // Most of a submission have the same needs, and what may go where is asked of needs.
  const permitted = new Set<JobNeeds>();
  for (const asked of fresh.values()) {
    const { needs } = asked.spec;
    const doubt =
      (permitted.has(needs) ? null : mayRunOn(model, asked.spec, hold)) ?? unknownBefore(model, fresh, asked, via);
    if (doubt !== null) return refused(doubt);
    permitted.add(needs);
    const state = begin(model.jobs, asked.spec, nowMs, asked.needsApproval ?? false);
    const job: Job = {
      id: asked.id,
      spec: asked.spec,
      state,
      sinceMs: nowMs,
      submittedAtMs: nowMs,
      order: ++order,
      owner,
      via,
      key: asked.key,
      retries: 0,
      lastAttempt: null,
      exitCode: null,
      progress: null,
      meta: asked.meta,
      ...metBefore(model.jobs, { spec: asked.spec, lastAttempt: null }, state),
      ...(asked.schedule === undefined ? {} : { schedule: asked.schedule }),
    };
    facts.push({ kind: 'job.submitted', job });
    replies.push({ job, isNew: true });
  }
  return { facts, effects: [], reply: fresh.size === jobs.length ? replies : inOrder(jobs, replies) };
}

/** Whether so many more may not come to those that are not over. */
export const queueFull = ({ jobs }: Model, more: number): Refusal | null =>
  more <= LIMITS.jobsQueuedMax - jobs.liveCount
    ? null
    : new Refusal('queue_full', `${LIMITS.jobsQueuedMax} jobs are not over; wait until some are, or cancel some`);

function knownAs(model: Model, { id, key, spec }: NewJob): Job | Refusal | null {
  const byKey = key === null ? null : model.jobs.byKey(key);
  if (byKey !== null) return byKey;
  const byId = model.jobs.job(id);
  if (byId === null || sameWords(byId.spec, spec)) return byId;
  return new Refusal(
    'job_taken',
    `job id ${id} is taken by another job (${byId.state.kind}, of ${byId.owner}); choose another id, or none`,
  );
}

/** RemoteGPU's tasks may name one that comes later (seed 003: unknown = unmet); elsewhere it is a typing mistake. */
function unknownBefore(
  model: Model,
  fresh: ReadonlyMap<JobId, NewJob>,
  { id, spec }: NewJob,
  via: Job['via'],
): Refusal | null {
  if (via === 'remotegpu') return null;
  const unknown = spec.after.find((other) => !fresh.has(other) && model.jobs.job(other) === null);
  if (unknown === undefined) return null;
  return new Refusal(
    'unknown_job',
    `job ${id} is to wait for ${unknown}, which is not known (never submitted, or long over and forgotten); submit that first`,
  );
}

/** As asked, although those that were known came first. */
function inOrder(jobs: readonly NewJob[], replies: JobReplies['submitJobs']): JobReplies['submitJobs'] {
  const byId = new Map(replies.map((reply) => [reply.job.id, reply]));
  const byKey = new Map(replies.flatMap((reply) => (reply.job.key === null ? [] : [[reply.job.key, reply] as const])));
  return jobs.flatMap(({ key, id }) => (key === null ? undefined : byKey.get(key)) ?? byId.get(id) ?? []);
}
