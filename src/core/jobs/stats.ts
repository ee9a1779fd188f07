/** The queue in figures, as it is now. */
import type { JobStats } from '../../../protocol/job-views';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { devicesOf } from './devices';
import { isOver } from './rows';
import { jobCounts } from './shown-state';

type Now = Omit<JobStats, 'wait' | 'run' | 'outcomes'>;

export function jobStats(model: Model, settings: CoreSettings): Now {
  const queues = new Map<string, number>();
  const owners = new Map<string, number>();
  let oldest: number | null = null;
  for (const job of model.jobs.all.values()) {
    if (isOver(job)) continue;
    queues.set(job.spec.queue, (queues.get(job.spec.queue) ?? 0) + 1);
    owners.set(job.owner, (owners.get(job.owner) ?? 0) + 1);
    if (job.state.kind === 'queued') oldest = Math.min(oldest ?? Infinity, job.sinceMs);
  }
  return {
    counts: jobCounts(model),
    queues: Object.fromEntries(queues),
    owners: Object.fromEntries(owners),
    oldest_queued_ms: oldest,
    slots: slotsOf(model),
    gpus: gpusOf(model, settings),
  };
}

/** Of workers that take jobs. */
export function slotsOf({ workers, jobs }: Model): JobStats['slots'] {
  let [total, taken] = [0, 0];
  for (const { id, slots, presence } of workers.values()) {
    if (presence.kind === 'lost') continue;
    total += slots;
    taken += jobs.countOn(id);
  }
  return { total, taken };
}

export function gpusOf(model: Model, settings: CoreSettings): JobStats['gpus'] {
  let [total, given] = [0, 0];
  for (const worker of model.workers.values()) {
    if (worker.presence.kind === 'lost') continue;
    total += devicesOf(model, worker, settings).length;
    given += new Set([...model.jobs.on(worker.id)].flatMap(({ gpus }) => gpus.map(({ index }) => index))).size;
  }
  return { total, given };
}
