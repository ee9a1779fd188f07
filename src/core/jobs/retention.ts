/** How long what is over is remembered: so many, and so long. */
import type { CommandOf, Decision } from '../commands';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import type { Job } from './rows';
import type { JobFact } from './words';

export const limitOfAge = (job: Job, { jobs: { keptMs } }: CoreSettings): number => job.sinceMs + keptMs;

/** A job that others wait for stays, as everywhere. */
export function forgetJobs(model: Model, { overBeforeMs }: CommandOf<'forgetJobs'>): Decision<'forgetJobs'> {
  const facts: JobFact[] = [];
  for (const { id, sinceMs } of model.jobs.over.values())
    if (sinceMs < overBeforeMs && ![...model.jobs.dependentsOf(id)].length) facts.push({ kind: 'job.forgotten', id });
  return { facts, effects: [], reply: { forgotten: facts.length } };
}

/** The longest over go when there are too many. One that others wait for stays. */
export function tooMany(model: Model, settings: CoreSettings): JobFact[] {
  const { over } = model.jobs;
  let surplus = over.size - settings.jobs.kept;
  if (surplus <= 0) return [];
  const facts: JobFact[] = [];
  for (const id of over.keys()) {
    if (surplus <= 0) break;
    if (![...model.jobs.dependentsOf(id)].length) {
      facts.push({ kind: 'job.forgotten', id });
      surplus -= 1;
    }
  }
  return facts;
}
