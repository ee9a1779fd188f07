/** The queue in figures, as it is now. */
import type { JobStats } from '../../../protocol/job-views';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { devicesOf } from './devices';
import { jobCounts } from './shown-state';

type Now = Omit<JobStats, 'wait' | 'run' | 'outcomes'>;

export function jobStats(model: Model, settings: CoreSettings): Now {
  return {
    counts: jobCounts(model),
    queues: Object.fromEntries(model.jobs.ofQueue),
    owners: Object.fromEntries(model.jobs.ofOwner),
    oldest_queued_ms: oldestQueuedMs(model),
    slots: slotsOf(model),
    gpus: gpusOf(model, settings),
  };
}

/** Since when whoever is queued for longest is. Nobody is queued before it came, so of each line mostly the first is looked at. */
function oldestQueuedMs({ jobs }: Model): number | null {
  let oldestMs = Infinity;
  for (const line of jobs.queue.lines)
    for (const { submittedAtMs, sinceMs } of line) {
      if (submittedAtMs >= oldestMs) break;
      oldestMs = Math.min(oldestMs, sinceMs);
    }
  return oldestMs === Infinity ? null : oldestMs;
}

/** Of workers that take jobs. Taken also by their machines' own queues. */
export function slotsOf({ workers, jobs, contacts }: Model): JobStats['slots'] {
  let [total, taken] = [0, 0];
  for (const { id, slots, presence } of workers.values()) {
    if (presence.kind === 'lost') continue;
    total += slots;
    taken += jobs.countOn(id) + (contacts.get(id)?.slotsHeld ?? 0);
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
