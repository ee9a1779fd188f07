/** Jobs that wait for others. */
import { Refusal } from '../../../protocol/errors';
import type { JobId } from '../../../protocol/jobs';
import { jobChanged } from './changes';
import type { Jobs } from './jobs';
import { isOver, QUEUED, type Job, type JobState } from './rows';
import type { JobFact, NewJob } from './words';

/** Those that waited for a job which is over now. */
export function afterJob(jobs: Jobs, over: Job, nowMs: number): JobFact[] {
  if (!isOver(over)) return [];
  return [...jobs.dependentsOf(over.id)].flatMap((id) => {
    const job = jobs.job(id);
    return job === null ? [] : ifMet(jobs, job, nowMs);
  });
}

/** What becomes of a job that waits for others, if it need not any more. */
export function ifMet(jobs: Jobs, job: Job, nowMs: number): JobFact[] {
  if (job.state.kind !== 'waiting' || job.state.for !== 'dependencies') return [];
  const state = begin(jobs, job.spec, nowMs, false);
  return state.kind === 'waiting' && state.for === 'dependencies'
    ? []
    : [jobChanged(job, state, nowMs, metBefore(jobs, job, state))];
}

/** What is written of a job that ends without having run, for when it is tried again. */
export function metBefore(
  jobs: Jobs,
  { spec, lastAttempt, state: before }: Pick<Job, 'spec' | 'lastAttempt'> & Partial<Pick<Job, 'state'>>,
  state: JobState,
): Pick<Job, 'met'> {
  if (lastAttempt !== null || (state.kind !== 'failed' && state.kind !== 'cancelled')) return {};
  const isMet = (id: JobId): boolean => {
    const other = jobs.job(id);
    return other !== null && (spec.afterMode === 'completed' ? other.state.kind === 'completed' : isOver(other));
  };
  // Of one that is past its waiting, what it waited for may be forgotten already.
  const met = isPast(before) ? spec.after : spec.after.filter(isMet);
  return met.length === 0 ? {} : { met };
}

/** All that a job waits for comes before these. */
const isPast = (state: JobState | undefined): boolean =>
  state?.kind === 'queued' || (state?.kind === 'waiting' && state.for === 'delay');

/** Whether a dependency that is not known was as it had to be. RemoteGPU's may be one that is still to come. */
export const wasMet = ({ spec, lastAttempt, via, met }: Job, forgotten: JobId): boolean =>
  lastAttempt !== null ||
  (met ?? []).includes(forgotten) ||
  // Only what is over is forgotten.
  (spec.afterMode === 'any_terminal' && via !== 'remotegpu');

/** Where a job stands before it was ever placed: what it waits for, in this order. */
export function begin(jobs: Jobs, spec: Job['spec'], nowMs: number, needsApproval: boolean): JobState {
  if (needsApproval) return { kind: 'waiting', for: 'approval', untilMs: null };
  let isMet = true;
  for (const id of spec.after) {
    const other = jobs.job(id);
    if (other === null || !isOver(other)) isMet = false;
    else if (spec.afterMode === 'completed' && other.state.kind !== 'completed')
      return { kind: 'failed', why: `job ${id}, which it waits for, is ${other.state.kind}: ${whyOf(other)}` };
  }
  if (!isMet) return { kind: 'waiting', for: 'dependencies', untilMs: null };
  if (spec.notBeforeMs !== null && spec.notBeforeMs > nowMs)
    return { kind: 'waiting', for: 'delay', untilMs: spec.notBeforeMs };
  return QUEUED;
}

/**
 * Each once: what is waited for before those that wait for it, and the older first otherwise. So they are tried again
 * together: a job whose dependency is not tried again yet would fail for it at once.
 */
export function awaitedFirst(jobs: Jobs, ids: readonly string[]): string[] {
  const meant = new Set(ids);
  const ordered = new Set<string>();
  const seen = new Set<string>();
  const orderOf = (id: string): number => jobs.job(id)?.order ?? 0;
  const open = [...meant].sort((a, b) => orderOf(b) - orderOf(a));
  for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
    if (seen.has(id)) {
      ordered.add(id);
      open.pop();
      continue;
    }
    seen.add(id);
    const after = jobs.job(id)?.spec.after ?? [];
    open.push(...after.filter((other) => meant.has(other) && !seen.has(other)).reverse());
  }
  return [...ordered];
}

/**
 * Whether a submission would close a circle, over jobs that are known and those that come with it: each is looked at once.
 * What is over waits for nobody.
 */
export function circle(jobs: Jobs, fresh: ReadonlyMap<JobId, NewJob>): Refusal | null {
  const clear = new Set<JobId>();
  const way: JobId[] = [];
  const onWay = new Set<JobId>();
  const awaited = (id: JobId): Iterator<JobId> => {
    const known = jobs.job(id);
    const after = fresh.get(id)?.spec.after ?? (known === null || isOver(known) ? [] : known.spec.after);
    return after[Symbol.iterator]();
  };
  for (const [start, { spec }] of fresh) {
    if (spec.after.length === 0 || clear.has(start)) continue;
    const open = [awaited(start)];
    way.push(start);
    onWay.add(start);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const { value: next, done } = top.next();
      if (done === true) {
        open.pop();
        const left = way.pop();
        if (left === undefined) continue;
        onWay.delete(left);
        clear.add(left);
      } else if (onWay.has(next)) return circleOf(way.slice(way.indexOf(next)));
      else if (!clear.has(next)) {
        open.push(awaited(next));
        way.push(next);
        onWay.add(next);
      }
    }
  }
  return null;
}

function circleOf(way: readonly JobId[]): Refusal {
  const [first] = way;
  return new Refusal(
    'dependency_circle',
    `job ${first} would wait for itself: ${[...way, first].join(' waits for ')}; take one of these dependencies out`,
  );
}

const whyOf = ({ state }: Job): string => ('why' in state ? state.why : '');
