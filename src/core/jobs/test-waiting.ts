/** Who waits although a worker could take it, for tests of the core; and what an idle pool may wait for. */
import type { Model, Worker } from '../model';
import type { CoreSettings } from '../settings';
import { devicesOf } from './devices';
import { endsAwaited } from './late-ends';
import { isStarving, limitReached } from './matching';
import { notTaking, Room, unfit } from './room';
import type { Job } from './rows';
import { inTrouble, keptFrom } from './trouble';

/** Nothing runs, a worker could take it, and it stays: nobody would ever come for it. Who asks for work is not sent any. */
export function* leftWaiting(model: Model, settings: CoreSettings, nowMs: number): Generator<string> {
  const { jobs, workers } = model;
  const sent = [...workers.values()].filter(({ type }) => type !== 'claim');
  if (sent.some(({ id }) => jobs.countOn(id) > 0) || isKeptForALook(model, settings, nowMs)) return;
  const awaited = endsAwaited(model, nowMs);
  for (const line of jobs.queue.lines)
    for (const job of line) {
      if (awaited.has(job.id)) continue;
      if (limitReached(model, job, (scope) => jobs.activeIn(scope)) !== null) continue;
      const kept = keptFrom(model, job, settings, inTrouble(model, nowMs));
      const able = sent.filter((worker) => !kept.has(worker.id) && couldTake(model, worker, job, settings));
      if (able.length >= job.spec.needs.nodes)
        yield `job ${job.id} is queued, and ${able.map(({ id }) => id).join()} do nothing`;
    }
}

const couldTake = (model: Model, worker: Worker, { spec }: Job, settings: CoreSettings): boolean =>
  notTaking(model, worker) === null &&
  unfit(model, worker, spec, settings) === null &&
  new Room(worker, model, settings).offer(spec.needs) !== null;

/** A job that has waited for too long waits for the next look at a device, and what could run it is kept free. */
function isKeptForALook(model: Model, settings: CoreSettings, nowMs: number): boolean {
  const queued = [...model.jobs.queue.lines].flatMap((line) => [...line]);
  if (!queued.some((job) => job.spec.needs.gpus.count > 0 && isStarving(job, settings, nowMs))) return false;
  const devices = [...model.workers.values()].flatMap((worker) => devicesOf(model, worker, settings));
  return devices.some(({ isSettling }) => isSettling);
}
