/** One operator command for one process: sent, and answered when it is so. */
import { Refusal } from '../../../protocol/errors';
import type { CommandReply } from '../../../protocol/http';
import { Verb } from '../../../protocol/link';
import { LIMITS } from '../../../protocol/limits';
import type { ControlReply } from '../../core/commands';
import type { Engine } from '../../engine/engine';

export interface Order {
  readonly id: string;
  readonly process: string | null;
  readonly verb: string;
  readonly wait: boolean;
  readonly by: string;
}

/** @throws Refusal unknown_command, unknown_worker, unknown_process, queue_full, superseded, command_failed, wait_timeout */
export async function command(engine: Engine, order: Order): Promise<CommandReply> {
  const verb = verbOf(order.verb);
  const issued = await engine.submit({ kind: 'control', id: order.id, process: order.process, verb, by: order.by });
  return settled(engine, verb, issued, order.wait);
}

/** Waits until a command that is on its way is done; one that is queued for later is answered at once. */
export async function settled(
  engine: Engine,
  what: string,
  issued: ControlReply,
  wait: boolean,
): Promise<CommandReply> {
  const { id, key, delivery, note } = issued;
  if (delivery === 'queued' || !wait)
    return { success: true, command_id: id, status: delivery, message: `${what} ${note}`, certificate: null };
  const result = await engine.tickets.wait(id, LIMITS.commandWaitMs);
  if (result === null)
    throw new Refusal(
      'wait_timeout',
      `${what} of ${key} is not done after ${LIMITS.commandWaitMs / 1000} s; it goes on. Look at its state, or send "wait": false`,
      { command_id: id },
    );
  const { ok, message, certificate } = result;
  if (!ok) throw new Refusal('command_failed', `${what} of ${key}: ${message}`, { command_id: id, certificate });
  return { success: true, command_id: id, status: 'done', message, certificate };
}

export function verbOf(word: string): Verb {
  const verb = Verb.safeParse(word);
  if (verb.success) return verb.data;
  throw new Refusal(
    'unknown_command',
    `${JSON.stringify(word.slice(0, 100))} is not a command; known: ${Verb.options.join(', ')}`,
    { known: Verb.options },
  );
}
