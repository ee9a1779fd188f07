/** What an idle pool may wait for, for tests of the core. */
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { devicesOf } from './devices';
import { isStarving } from './matching';

/** A job that has waited for too long waits for the next look at a device, and what could run it is kept free. */
export function isKeptForALook(model: Model, settings: CoreSettings, nowMs: number): boolean {
  const queued = [...model.jobs.queue.lines].flatMap((line) => [...line]);
  if (!queued.some((job) => job.spec.needs.gpus.count > 0 && isStarving(job, settings, nowMs))) return false;
  const devices = [...model.workers.values()].flatMap((worker) => devicesOf(model, worker, settings));
  return devices.some(({ isSettling }) => isSettling);
}
