/** An order for one process: within the queue's limit it becomes a command, and the caller hears how it travels. */
import { Refusal } from '../../../protocol/errors';
import { processKey } from '../../../protocol/ids';
import { LIMITS } from '../../../protocol/limits';
import type { ControlReply, Effect } from '../commands';
import type { Fact } from '../facts';
import { hasLauncher, type Model, type Worker } from '../model';
import { issue, type Issue } from './issue';
import { refused } from '../refused';

export interface Ordered {
  readonly facts: Fact[];
  readonly effects: Effect[];
  readonly reply: ControlReply | Refusal;
}

/** @param first facts that belong to the same turn and come before the command */
export function order(
  model: Model,
  worker: Worker,
  first: Fact[],
  nowMs: number,
  what: Omit<Issue, 'worker' | 'why'> & { readonly why?: string },
): Ordered {
  const waiting = model.commands.countOf(worker.id);
  if (waiting >= LIMITS.commandsQueuedMax)
    return refused(
      new Refusal(
        'queue_full',
        `${waiting} commands wait for worker ${worker.id}, the limit; this one was not taken. Ask again when it has taken some`,
      ),
    );
  const facts = [...first];
  const { command, effects } = issue(model, facts, nowMs, { why: '', ...what, worker: worker.id });
  const note = effects.length > 0 ? `sent to ${worker.id}` : waitNote(worker);
  const key = processKey(worker.id, what.process);
  return {
    facts,
    effects,
    reply: { id: command.id, key, delivery: effects.length > 0 ? 'sent' : 'queued', note, remark: null },
  };
}

function waitNote(worker: Worker): string {
  if (hasLauncher(worker))
    return `queued; worker ${worker.id} is not connected (${worker.presence.kind}) and gets it when it is back`;
  const silent = worker.presence.kind === 'lost' ? ` has been silent for its whole timeout and` : '';
  return `queued; worker ${worker.id}${silent} takes it with its next heartbeat`;
}
