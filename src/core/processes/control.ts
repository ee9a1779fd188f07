/** start, stop, restart, kill: the operator's wish becomes a command for the launcher that can fulfil it. */
import { Refusal } from '../../../protocol/errors';
import type { Verb } from '../../../protocol/link';
import { LIMITS } from '../../../protocol/limits';
import type { CommandOf, Decision } from '../commands';
import type { Fact } from '../facts';
import { isReachable } from '../fleet/liveness';
import type { Model, Worker } from '../model';
import type { CoreSettings } from '../settings';
import { findProcess } from './find';
import { issue } from './issue';

export function control(
  model: Model,
  command: CommandOf<'control'>,
  settings: CoreSettings,
  nowMs: number,
): Decision<'control'> {
  const process = findProcess(model, command.id, command.process);
  if (process instanceof Refusal) return { facts: [], effects: [], reply: process };
  const worker = model.workers.get(process.worker);
  if (worker === undefined) throw new Error(`process ${process.key} has no worker`);
  if (process.supersededBy !== null)
    return {
      facts: [],
      effects: [],
      reply: new Refusal('superseded', `${process.key} runs as ${process.supersededBy} now; send the command there`, {
        runs_as: process.supersededBy,
      }),
    };
  const waiting = [...model.commands.values()].filter(({ worker: id }) => id === worker.id).length;
  if (waiting >= LIMITS.commandsQueuedMax)
    return {
      facts: [],
      effects: [],
      reply: new Refusal(
        'queue_full',
        `${waiting} commands wait for worker ${worker.id}, the limit; it must take some first`,
      ),
    };
  const facts: Fact[] = [{ kind: 'process.desired', key: process.key, desired: desiredAfter(command.verb) }];
  const { command: issued, effects } = issue(model, facts, nowMs, {
    worker: worker.id,
    process: process.name,
    by: command.by,
    why: '',
    payload: { kind: 'control', process: process.name, verb: command.verb },
  });
  const delivery = effects.length > 0 ? 'sent' : 'queued';
  return {
    facts,
    effects,
    reply: {
      id: issued.id,
      key: process.key,
      delivery,
      note: delivery === 'sent' ? `${command.verb} sent to ${worker.id}` : waitNote(worker, model, settings),
    },
  };
}

/** What a verb leaves wanted. Source: API_PROCGUARD section 3. */
export const desiredAfter = (verb: Verb): 'running' | 'stopped' =>
  verb === 'start' || verb === 'restart' ? 'running' : 'stopped';

function waitNote(worker: Worker, model: Model, settings: CoreSettings): string {
  if (worker.type === 'plain')
    return worker.presence.kind === 'lost'
      ? `queued; worker ${worker.id} has been silent for over ${settings.heartbeatTimeoutMs / 1000} s and takes it with its next heartbeat`
      : `queued; worker ${worker.id} takes it with its next heartbeat`;
  if (isReachable(worker, model.contacts.get(worker.id))) return 'sent';
  return `queued; worker ${worker.id} is not connected (${worker.presence.kind}) and gets it when it is back`;
}
