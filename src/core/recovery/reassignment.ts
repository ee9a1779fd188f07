/** Where a lost worker's process may go. */
import { globMatches } from '../../../protocol/glob';
import { runsContainers } from '../fleet/abilities';
import { isReachable } from '../fleet/liveness';
import { processesOf, type Model, type Process, type Worker } from '../model';

/** `accept-reassigned=true` takes anyone's; otherwise the value is a glob over the lost worker's id (`gpu-*`). */
export const ACCEPT_LABEL = 'accept-reassigned';

/** The idle worker that allows it, the longest registered first; null = none. */
export function idleTarget(model: Model, process: Process): Worker | null {
  return (
    [...model.workers.values()]
      .filter((worker) => worker.id !== process.worker && isReachable(worker, model.contacts.get(worker.id)))
      .filter((worker) => !worker.isDraining && accepts(worker, process.worker) && isIdle(model, worker))
      .filter((worker) => process.spec?.container === undefined || runsContainers(worker))
      .sort((a, b) => a.registeredAtMs - b.registeredAtMs)[0] ?? null
  );
}

function accepts(worker: Worker, from: string): boolean {
  const value = worker.labels[ACCEPT_LABEL];
  if (value === undefined) return false;
  if (value === 'true') return true;
  return globMatches(value, from);
}

const isIdle = (model: Model, worker: Worker): boolean =>
  processesOf(model, worker.id).every((process) => process.desired === 'stopped') &&
  model.commands.countOf(worker.id) === 0;
