/** One operator command for one process: asked, and answered when it is so. */
import type { Asker } from '../../protocol/trust';
import { Refusal } from '../../protocol/errors';
import type { CommandReply } from '../../protocol/http';
import type { Verb } from '../../protocol/link';
import type { ControlReply, Hold } from '../core/commands';
import { failureCode } from '../core/processes/failure-code';
import type { Engine } from './engine';

/** Whether the answer waits until it is so, and for how long. A worker that is away is answered at once. */
export interface Patience {
  readonly wait: boolean;
  readonly timeoutMs: number;
}

export type Action =
  | { readonly kind: Verb | 'enable' }
  /** @param untilMs null = until somebody enables it */
  | { readonly kind: 'disable'; readonly reason: string; readonly untilMs: number | null };

export interface Order {
  readonly id: string;
  readonly process: string | null;
  readonly action: Action;
  readonly by: Asker;
  readonly hold: Hold;
}

/** @throws Refusal of the core, command_failed, refused_by_rule, wait_timeout */
export async function command(engine: Engine, order: Order, patience: Patience): Promise<CommandReply> {
  const { action, id, process, by, hold } = order;
  return settled(engine, action.kind, await submitted(engine, { action, id, process, by, hold }), patience);
}

function submitted(engine: Engine, { action, ...asked }: Order): Promise<ControlReply> {
  switch (action.kind) {
    case 'disable':
      return engine.submit({ ...action, ...asked });
    case 'enable':
      return engine.submit({ kind: 'enable', ...asked });
    default:
      return engine.submit({ kind: 'control', verb: action.kind, ...asked });
  }
}

/** Waits until a command that is on its way is done; one that is queued for later is answered at once. */
export async function settled(
  engine: Engine,
  what: string,
  issued: ControlReply,
  { wait, timeoutMs }: Patience,
): Promise<CommandReply> {
  const { id, key, delivery, note, remark } = issued;
  const reply = { success: true, command_id: id, note: remark } as const;
  if (delivery === 'queued' || !wait)
    return { ...reply, status: delivery, message: `${what} ${note}`, certificate: null };
  const result = await engine.tickets.wait(id, timeoutMs);
  if (result === null)
    throw new Refusal(
      'wait_timeout',
      `${what} of ${key} is not done after ${timeoutMs / 1000} s; it goes on. Look at its state, wait longer, or send "wait": false`,
      { command_id: id },
    );
  const { ok, message, certificate } = result;
  if (!ok) throw new Refusal(failureCode(result), `${what} of ${key}: ${message}`, { command_id: id, certificate });
  return { ...reply, status: 'done', message, certificate };
}
