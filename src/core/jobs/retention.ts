/**
 * How long what is over is remembered: so many, and so long. What failed for good is kept apart: a flood of others must not
 * wash it away.
 */
import type { JobId } from '../../../protocol/jobs';
import type { CommandOf, Decision } from '../commands';
import type { Model } from '../model';
import type { CoreSettings, JobSettings } from '../settings';
import type { Job } from './rows';
import type { JobFact } from './words';

export const limitOfAge = ({ state, sinceMs }: Job, { keptMs, keptFailedMs }: JobSettings): number =>
  sinceMs + (state.kind === 'failed' ? keptFailedMs : keptMs);

/** A job that others wait for stays, as everywhere. */
export function forgetJobs(model: Model, { overBeforeMs }: CommandOf<'forgetJobs'>): Decision<'forgetJobs'> {
  const facts: JobFact[] = [];
  for (const over of [model.jobs.failed, model.jobs.done])
    for (const { id, sinceMs } of over.values())
      if (sinceMs < overBeforeMs && !isWaitedFor(model, id)) facts.push({ kind: 'job.forgotten', id });
  return { facts, effects: [], reply: { forgotten: facts.length } };
}

/** The longest over go when there are too many. One that others wait for stays. */
export const tooMany = (model: Model, { jobs: { kept, keptFailed } }: CoreSettings): JobFact[] => [
  ...surplus(model, model.jobs.failed, keptFailed),
  ...surplus(model, model.jobs.done, kept),
];

function surplus(model: Model, over: ReadonlyMap<JobId, Job>, most: number): JobFact[] {
  const facts: JobFact[] = [];
  if (over.size <= most) return facts;
  for (const id of over.keys()) {
    if (facts.length === over.size - most) break;
    if (!isWaitedFor(model, id)) facts.push({ kind: 'job.forgotten', id });
  }
  return facts;
}

function isWaitedFor({ jobs }: Model, id: JobId): boolean {
  for (const _ of jobs.dependentsOf(id)) return true;
  return false;
}
