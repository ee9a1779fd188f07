/** Whether what is counted as it changes is what a look at all jobs finds. */
import type { WorkerId } from '../../../protocol/ids';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { vacancyOf, vacantWorkers } from './room';
import { isOver } from './rows';
import { jobStats } from './stats';
import { byFit } from './vacancies';

/** Whatever is not. */
export function* falseFigures(model: Model, settings: CoreSettings): Generator<string> {
  const all = [...model.jobs.all.values()];
  const open = all.filter((job) => !isOver(job));
  const since = all.filter(({ state }) => state.kind === 'queued').map(({ sinceMs }) => sinceMs);
  const active = all.filter(({ state }) => state.kind === 'active').map(({ spec }) => spec.priority);
  const told = jobStats(model, settings);
  const pairs: readonly (readonly [what: string, told: unknown, is: unknown])[] = [
    ['open jobs by queue', sorted(told.queues), counted(open.map(({ spec }) => spec.queue))],
    ['open jobs by owner', sorted(told.owners), counted(open.map(({ owner }) => owner))],
    ['the oldest queued', told.oldest_queued_ms, since.length === 0 ? null : Math.min(...since)],
    ['workers with room', [...vacantWorkers(model)].map(({ id }) => id), roomy(model)],
    ['the least urgent active', model.jobs.leastUrgentActive, active.length === 0 ? null : Math.max(...active)],
  ];
  for (const [what, own, is] of pairs)
    if (JSON.stringify(own) !== JSON.stringify(is))
      yield `${what}: told as ${JSON.stringify(own)}, and is ${JSON.stringify(is)}`;
}

function roomy(model: Model): WorkerId[] {
  const vacant = [...model.workers.values()].flatMap((worker) => vacancyOf(model, worker.id) ?? []);
  return vacant.sort(byFit).map(({ worker }) => worker.id);
}

const sorted = (counts: Readonly<Record<string, number>>): [string, number][] => Object.entries(counts).sort();

function counted(names: readonly string[]): [string, number][] {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return sorted(counts);
}
