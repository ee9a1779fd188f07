/** start, stop, restart, kill: the operator's wish becomes a command for the launcher that can fulfil it. */
import { Refusal } from '../../../protocol/errors';
import type { Verb } from '../../../protocol/link';
import type { CommandOf, Decision } from '../commands';
import type { Model } from '../model';
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
  if (process.supersededBy !== null) {
    const sentence = `${process.key} runs as ${process.supersededBy} now; send the command there`;
    return refuse(new Refusal('superseded', sentence, { runs_as: process.supersededBy }));
  }
  return order(model, worker, [{ kind: 'process.desired', key: process.key, desired: desiredAfter(verb) }], nowMs, {
    process: process.name,
    by,
    payload: { kind: 'control', process: process.name, verb },
  });
}

/** What a verb leaves wanted. Source: API_PROCGUARD section 3. */
const desiredAfter = (verb: Verb): 'running' | 'stopped' =>
  verb === 'start' || verb === 'restart' ? 'running' : 'stopped';
