/** The one place where a command for a launcher is made. */
import type { CommandId, ProcessName, WorkerId } from '../../../protocol/ids';
import type { CommandToLauncher } from '../../../protocol/link';
import type { Asker } from '../../../protocol/trust';
import type { Effect } from '../commands';
import type { Fact } from '../facts';
import { isReachable } from '../fleet/liveness';
import type { Command, Model } from '../model';

type WithoutFrame<T> = T extends unknown ? Omit<T, 'id' | 'by' | 'why'> : never;

export interface Issue {
  readonly worker: WorkerId;
  readonly process: ProcessName;
  readonly by: Asker;
  readonly why: string;
  readonly payload: WithoutFrame<CommandToLauncher>;
}

/**
 * Adds the fact to `facts` and returns the command with the effect that delivers it, if the worker can be reached now;
 * else it waits for the worker's next sync (or, of a plain client, for its next heartbeat).
 */
export function issue(
  model: Model,
  facts: Fact[],
  nowMs: number,
  order: Issue,
): { command: Command; effects: Effect[] } {
  // The counter is no fact: a number that was given and not used is only skipped.
  const number = ++model.commandOrder;
  // With its time: launchers remember ids that they answered, and a manager restored from a backup (or begun anew) counts
  // again from a number that it gave before. A number alone would get the answer of another command.
  const id = `c${number}-${nowMs.toString(36)}` as CommandId;
  const message = { ...order.payload, id, by: order.by.text, why: order.why };
  const command: Command = {
    id,
    worker: order.worker,
    process: order.process,
    message,
    issuedAtMs: nowMs,
    asker: order.by,
    order: number,
  };
  facts.push({ kind: 'command.issued', command });
  const worker = model.workers.get(order.worker);
  const reachable = worker !== undefined && isReachable(worker, model.contacts.get(order.worker));
  return { command, effects: reachable ? [{ kind: 'send', worker: order.worker, message }] : [] };
}
