/** start, stop, restart, kill: the operator's wish becomes a command for the launcher that can fulfil it. */
import { Refusal } from '../../../protocol/errors';
import { processKey, type ProcessKey } from '../../../protocol/ids';
import type { Verb } from '../../../protocol/link';
import type { CommandOf, Decision } from '../commands';
import type { Fact } from '../facts';
import { isAlive, type Model } from '../model';
import type { CoreSettings } from '../settings';
import { findProcess } from './find';
import { order, refuse } from './order';

export function control(
  model: Model,
  { id, process: name, verb, by }: CommandOf<'control'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'control'> {
  const process = findProcess(model, id, name);
  if (process instanceof Refusal) return refuse(process);
  const worker = model.workers.get(process.worker);
  if (worker === undefined) throw new Error(`process ${process.key} has no worker`);
  const first: Fact[] = [{ kind: 'process.desired', key: process.key, desired: desiredAfter(verb) }];
  if (process.supersededBy !== null) {
    if (runsAs(model, process.supersededBy)) {
      const sentence = `${process.key} runs as ${process.supersededBy} now; send the command there, or stop that first`;
      return refuse(new Refusal('superseded', sentence, { runs_as: process.supersededBy }));
    }
    // The substitute is over: this one is itself again.
    first.push({ kind: 'process.superseded', key: process.key, by: null });
  }
  return order(model, worker, first, nowMs, {
    process: process.name,
    by,
    payload: { kind: 'control', process: process.name, verb, onlyRun: null },
  });
}

/** What a verb leaves wanted. Source: API_PROCGUARD section 3. */
const desiredAfter = (verb: Verb): 'running' | 'stopped' =>
  verb === 'start' || verb === 'restart' ? 'running' : 'stopped';

/** The substitute runs, is wanted to run, or is on its way to the worker that is to run it. */
function runsAs(model: Model, key: ProcessKey): boolean {
  const substitute = model.processes.get(key);
  if (substitute !== undefined) return substitute.desired === 'running' || isAlive(substitute);
  for (const { worker, message } of model.commands.values())
    if (message.kind === 'define' && processKey(worker, message.spec.name) === key) return true;
  return false;
}
