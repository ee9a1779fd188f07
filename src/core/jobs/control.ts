/** What people do with a job that is there. */
import { nearest, Refusal } from '../../../protocol/errors';
import type { CommandOf, Decision, Effect } from '../commands';
import type { Model } from '../model';
import { refused } from '../refused';
import type { CoreSettings } from '../settings';
import { attemptStopping, jobChanged, jobEdited } from './changes';
import { begin, metBefore, wasMet } from './dependencies';
import { stopWord } from './job-words';
import { GANG } from './deciding';
import { isOver, type Job, type Stop } from './rows';
import { mayRunOn } from './scope-of-rights';
import { queueFull } from './submit';
import type { JobFact } from './words';

/** What is not placed is over at once; what runs is stopped, verified, and then over. */
export function cancelJob(
  model: Model,
  { id, why, by, hold }: CommandOf<'cancelJob'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'cancelJob'> {
  const job = model.jobs.job(id);
  if (job === null) return refused(unknownJob(model, id));
  const doubt = mayRunOn(model, job.spec, hold);
  if (doubt !== null) return refused(doubt);
  if (isOver(job)) return { facts: [], effects: [], reply: job };
  const reason = why === '' ? `cancelled by ${by.text}` : `cancelled by ${by.text}: ${why}`;
  if (job.state.kind !== 'active') {
    const state = { kind: 'cancelled', why: reason } as const;
    const fact = jobChanged(job, state, nowMs, metBefore(model.jobs, job, state));
    return { facts: [fact], effects: [], reply: fact.job };
  }
  return {
    ...stopAttempts(model, job, { outcome: 'cancelled', forJob: null, by: by.text, why: reason, atMs: nowMs }),
    reply: job,
  };
}

/** Those that are not being stopped for a stronger reason already. Cancelling overrules everything else. */
export function stopAttempts(model: Model, job: Job, stop: Stop): { facts: JobFact[]; effects: Effect[] } {
  const living = model.jobs
    .liveOf(job.id)
    .filter((attempt) => attempt.stop === null || (stop.outcome === 'cancelled' && !isCancelled(attempt.stop)));
  return {
    facts: living.map((attempt) => attemptStopping(attempt, stop)),
    effects: living.map((attempt) => stopWord(attempt, stop)),
  };
}

/** By somebody: a gang that ends with one of its nodes may be tried again. */
const isCancelled = ({ outcome, by }: Stop): boolean => outcome === 'cancelled' && by !== GANG;

/**
 * With its whole budget of retries.
 * @returns Refusal unknown_job (it, or a dependency), job_state (it is not over, completed, or its dependency is failed still),
 * queue_full
 */
export function retryJob(
  model: Model,
  { id, hold }: CommandOf<'retryJob'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'retryJob'> {
  const job = model.jobs.job(id);
  if (job === null) return refused(unknownJob(model, id));
  const doubt = mayRunOn(model, job.spec, hold);
  if (doubt !== null) return refused(doubt);
  if (job.state.kind !== 'failed' && job.state.kind !== 'cancelled')
    return refused(
      new Refusal('job_state', `job ${id} is ${job.state.kind}; only a failed or cancelled one is tried again`),
    );
  const gone = job.spec.after.filter((other) => model.jobs.job(other) === null);
  const met = gone.filter((other) => wasMet(job, other));
  const doubtful = gone.find((other) => !met.includes(other));
  if (doubtful !== undefined && job.via !== 'remotegpu')
    return refused(
      new Refusal(
        'unknown_job',
        `job ${id} would wait for ${doubtful}, which is forgotten; submit it anew without that`,
      ),
    );
  // It is not to wait for what never comes again.
  const spec =
    met.length === 0 ? job.spec : { ...job.spec, after: job.spec.after.filter((other) => !met.includes(other)) };
  const state = begin(model.jobs, spec, nowMs, false);
  if (state.kind === 'failed')
    return refused(
      new Refusal('job_state', `job ${id} would fail again at once: ${state.why}; try what it waits for again first`),
    );
  const full = queueFull(model, 1);
  if (full !== null) return refused(full);
  const fact = jobChanged(job, state, nowMs, { spec, retries: 0, progress: null, retriedAtMs: nowMs });
  return { facts: [fact], effects: [], reply: fact.job };
}

export function changeJob(model: Model, { id, priority, hold }: CommandOf<'changeJob'>): Decision<'changeJob'> {
  const job = model.jobs.job(id);
  if (job === null) return refused(unknownJob(model, id));
  const doubt = mayRunOn(model, job.spec, hold);
  if (doubt !== null) return refused(doubt);
  if (isOver(job)) return refused(new Refusal('job_state', `job ${id} is over (${job.state.kind})`));
  const fact = jobEdited(job, { spec: { ...job.spec, priority } });
  return { facts: [fact], effects: [], reply: fact.job };
}

export function approveJob(
  model: Model,
  { id, hold }: CommandOf<'approveJob'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'approveJob'> {
  const job = model.jobs.job(id);
  if (job === null) return refused(unknownJob(model, id));
  const doubt = mayRunOn(model, job.spec, hold);
  if (doubt !== null) return refused(doubt);
  if (job.state.kind !== 'waiting' || job.state.for !== 'approval')
    return refused(new Refusal('job_state', `job ${id} waits for no approval: it is ${job.state.kind}`));
  const state = begin(model.jobs, job.spec, nowMs, false);
  const fact = jobChanged(job, state, nowMs, metBefore(model.jobs, job, state));
  return { facts: [fact], effects: [], reply: fact.job };
}

/** What the configuration says has one place where it is changed. */
export function setJobLimit(
  _model: Model,
  { scope, max }: CommandOf<'setJobLimit'>,
  settings: CoreSettings,
): Decision<'setJobLimit'> {
  const fixed = settings.jobs.limits.get(scope);
  if (fixed !== undefined)
    return refused(
      new Refusal(
        'defined_elsewhere',
        `the limit of ${scope} is ${fixed} by the manager's configuration (jobs.limits); change it there and start the manager again`,
      ),
    );
  return { facts: [{ kind: 'job-limit.set', scope, max }], effects: [], reply: null };
}

export function unknownJob(model: Model, id: string): Refusal {
  const { size: ofArray } = model.jobs.ofArray(id);
  if (ofArray > 0) {
    const [first = ''] = model.jobs.ofArray(id);
    return new Refusal(
      'unknown_job',
      `${id} is no job but an array of ${ofArray} ${ofArray === 1 ? 'job' : 'jobs'}; name one of them, as ${first}`,
    );
  }
  const near = model.jobs.all.size > 10_000 ? [] : nearest(id, model.jobs.all.keys());
  const hint = near.length === 0 ? '' : `; near to it: ${near.join(', ')}`;
  return new Refusal('unknown_job', `there is no job ${id} (never submitted, or long over and forgotten)${hint}`);
}
