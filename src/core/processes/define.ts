/** Processes that come from the manager one by one instead of a launcher's command line, and leave again. */
import { Refusal } from '../../../protocol/errors';
import { processKey, type WorkerId } from '../../../protocol/ids';
import { unopened } from '../../../protocol/sealed-env';
import type { CommandOf, Decision } from '../commands';
import { isGivenFromHere, knownProcesses } from '../definitions/known';
import { sealedValue, withSecretValues } from '../definitions/secret-values';
import { newChange } from '../definitions/new-change';
import type { Fact } from '../facts';
import { containerRefusal } from '../fleet/abilities';
import { hasLauncher, type Model } from '../model';
import type { CoreSettings } from '../settings';
import { findProcess, unknownWorker } from './find';
import { order, type Ordered } from './order';
import { refused } from '../refused';

export function defineProcess(
  model: Model,
  { worker: id, spec: asked, start, mustBeNew, by, hold }: CommandOf<'defineProcess'>,
  settings: CoreSettings,
  nowMs: number,
): Decision<'defineProcess'> {
  const worker = model.workers.get(id as WorkerId);
  if (worker === undefined) return refused(unknownWorker(model, id));
  const held = hold?.([worker.id]) ?? null;
  if (held !== null) return refused(held);
  if (!hasLauncher(worker))
    return refused(
      new Refusal(
        'bad_request',
        `worker ${id} speaks plain HTTP and has one command of its own; a launcher is needed to define more`,
      ),
    );
  const key = processKey(worker.id, asked.name);
  const unable = containerRefusal(worker, asked, key);
  if (unable !== null) return refused(unable);
  const known = knownProcesses(model).get(key);
  if (mustBeNew && (known !== undefined || model.processes.has(key)))
    return refused(
      new Refusal(
        'process_taken',
        `worker ${id} has a process ${asked.name} already; choose another name, or remove that one first (DELETE /api/workers/${id}/processes/${asked.name})`,
      ),
    );
  if (known !== undefined && !isGivenFromHere(model, known))
    return refused(
      new Refusal(
        'defined_elsewhere',
        `${key} is defined by its launcher's own command line or file, and is changed there; choose another name`,
      ),
    );
  // Whoever changes one process of a set does not take it out of the set.
  const valued = withSecretValues(asked, known?.spec ?? null, settings, key);
  if (valued instanceof Refusal) return refused(valued);
  const spec = { ...valued, set: known?.spec.set ?? null };
  const sealed = unopened(spec)[0];
  if (sealed !== undefined) return refused(sealedValue(key, sealed));
  const ordered = order(model, worker, [], nowMs, { process: spec.name, by, payload: { kind: 'define', spec, start } });
  return versioned(ordered, () => ({
    kind: 'definition.given',
    key,
    worker: worker.id,
    spec,
    change: newChange(model, { set: null, kind: 'define', by }, nowMs),
  }));
}

export function forgetProcess(
  model: Model,
  { id, process: name, by, hold }: CommandOf<'forgetProcess'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'forgetProcess'> {
  const process = findProcess(model, id, name);
  if (process instanceof Refusal) return refused(process);
  const held = hold?.([process.worker]) ?? null;
  if (held !== null) return refused(held);
  const worker = model.workers.get(process.worker);
  if (worker === undefined) throw new Error(`process ${process.key} has no worker`);
  if (!hasLauncher(worker))
    return refused(
      new Refusal(
        'bad_request',
        `worker ${id} speaks plain HTTP and has one process; forget it with its worker (POST /api/workers/${id}/unregister)`,
      ),
    );
  const ordered = order(model, worker, [], nowMs, {
    process: process.name,
    by,
    payload: { kind: 'supersede', process: process.name },
  });
  const { key } = process;
  if (!model.definitions.has(key)) return ordered;
  return versioned(ordered, () => ({
    kind: 'definition.given',
    key,
    worker: worker.id,
    spec: null,
    change: newChange(model, { set: null, kind: 'remove', by }, nowMs),
  }));
}

/** The version is given with the command or not at all. */
const versioned = (ordered: Ordered, given: () => Extract<Fact, { kind: 'definition.given' }>): Ordered =>
  ordered.reply instanceof Refusal ? ordered : { ...ordered, facts: [given(), ...ordered.facts] };
