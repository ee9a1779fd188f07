/** Processes that come from the manager instead of a launcher's command line, and leave again. */
import { Refusal } from '../../../protocol/errors';
import { processKey, type ProcessKey, type WorkerId } from '../../../protocol/ids';
import type { CommandOf, Decision } from '../commands';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { findProcess, unknownWorker } from './find';
import { order, refuse } from './order';

export function defineProcess(
  model: Model,
  { worker: id, spec, start, mustBeNew, by }: CommandOf<'defineProcess'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'defineProcess'> {
  const worker = model.workers.get(id as WorkerId);
  if (worker === undefined) return refuse(unknownWorker(model, id));
  if (worker.type === 'plain')
    return refuse(
      new Refusal(
        'bad_request',
        `worker ${id} speaks plain HTTP and has one command of its own; a launcher is needed to define more`,
      ),
    );
  const key = processKey(worker.id, spec.name);
  if (mustBeNew && (model.processes.has(key) || isOnItsWay(model, key)))
    return refuse(
      new Refusal(
        'process_taken',
        `worker ${id} has a process ${spec.name} already; choose another name, or remove that one first (DELETE /api/workers/${id}/processes/${spec.name})`,
      ),
    );
  return order(model, worker, [], nowMs, { process: spec.name, by, payload: { kind: 'define', spec, start } });
}

const isOnItsWay = (model: Model, key: ProcessKey): boolean =>
  [...model.commands.values()].some(
    ({ worker, process, message }) => message.kind === 'define' && processKey(worker, process) === key,
  );

export function forgetProcess(
  model: Model,
  { id, process: name, by }: CommandOf<'forgetProcess'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'forgetProcess'> {
  const process = findProcess(model, id, name);
  if (process instanceof Refusal) return refuse(process);
  const worker = model.workers.get(process.worker);
  if (worker === undefined) throw new Error(`process ${process.key} has no worker`);
  if (worker.type === 'plain')
    return refuse(
      new Refusal(
        'bad_request',
        `worker ${id} speaks plain HTTP and has one process; forget it with its worker (POST /api/workers/${id}/unregister)`,
      ),
    );
  return order(model, worker, [], nowMs, {
    process: process.name,
    by,
    payload: { kind: 'supersede', process: process.name },
  });
}
