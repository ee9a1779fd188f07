/** Jobs that wait for others. */
import { Refusal } from '../../../protocol/errors';
import type { JobId } from '../../../protocol/jobs';
import { jobChanged } from './changes';
import type { Jobs } from './jobs';
import { isOver, type Job, type JobState } from './rows';
import type { JobFact, NewJob } from './words';

/** Those that waited for a job which is over now. */
export function afterJob(jobs: Jobs, over: Job, nowMs: number): JobFact[] {
  if (!isOver(over)) return [];
  return [...jobs.dependentsOf(over.id)].flatMap((id) => {
    const job = jobs.job(id);
    if (job?.state.kind !== 'waiting' || job.state.for !== 'dependencies') return [];
    const state = begin(jobs, job.spec, nowMs, false);
    return state.kind === 'waiting' && state.for === 'dependencies' ? [] : [jobChanged(job, state, nowMs)];
  });
}

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
  return { kind: 'queued' };
}

/** Whether a new job would wait for itself, over jobs that are known and those that come with it. */
export function circle(jobs: Jobs, fresh: ReadonlyMap<JobId, NewJob>, start: NewJob): Refusal | null {
  const seen = new Set<JobId>();
  const path: JobId[] = [];
  const leadsBack = (id: JobId): boolean => {
    const job = fresh.get(id) ?? jobs.job(id);
    if (job == null || seen.has(id)) return false;
    seen.add(id);
    path.push(id);
    for (const next of job.spec.after) if (next === start.id || leadsBack(next)) return true;
    path.pop();
    return false;
  };
  if (!start.spec.after.some((id) => id === start.id || leadsBack(id))) return null;
  return new Refusal(
    'dependency_circle',
    `job ${start.id} would wait for itself: ${[start.id, ...path, start.id].join(' waits for ')}; take one of these dependencies out`,
  );
}

const whyOf = ({ state }: Job): string => ('why' in state ? state.why : '');
