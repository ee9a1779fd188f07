/** Workers leave: by themselves, by an operator's word, or in a sweep of all that are gone. */
import type { WorkerId } from '../../../protocol/ids';
import type { CommandOf, Decision, Effect } from '../commands';
import type { Fact } from '../facts';
import { processesOf, type Model, type Worker } from '../model';
import { unknownWorker } from '../processes/find';
import { refused } from '../refused';

/** A launcher that still runs registers again at once: removing forgets, it never stops anything. */
export function removeWorker(model: Model, command: CommandOf<'removeWorker'>): Decision<'removeWorker'> {
  const worker = model.workers.get(command.id as WorkerId);
  if (worker === undefined) return refused(unknownWorker(model, command.id));
  return { ...removeWorkers(model, [worker], command.why, command.by.text), reply: { removed: 1 } };
}

/**
 * Source: seed 002 POST /api/workers/cleanup {cleanup_stopped, force_remove_all} and /reset (= all).
 * `stopped` takes those that are lost, or idle plain clients whose process is over; connected launchers stay.
 */
export function cleanup(model: Model, command: CommandOf<'cleanup'>): Decision<'cleanup'> {
  if (!command.all && !command.stopped) return { facts: [], effects: [], reply: { removed: 0 } };
  const going = [...model.workers.values()].filter((worker) => command.all || isOver(model, worker));
  return {
    ...removeWorkers(model, going, command.all ? 'reset' : 'cleanup', command.by.text),
    reply: { removed: going.length },
  };
}

function isOver(model: Model, worker: Worker): boolean {
  const held = processesOf(model, worker.id);
  if (worker.type === 'plain')
    return (
      worker.presence.kind === 'lost' ||
      held.every(
        ({ actual }) => actual.via === 'plain' && ['stopped', 'exited', 'failed'].includes(actual.report.status),
      )
    );
  // A lost launcher may still run something: its record is kept until someone says otherwise.
  return (
    worker.presence.kind === 'lost' &&
    held.every(
      ({ actual }) => actual.via === 'launcher' && ['stopped', 'exited', 'failed'].includes(actual.report.state.kind),
    )
  );
}

/** They are forgotten, with the commands that waited for them; their credentials stay theirs. */
export function removeWorkers(
  model: Model,
  workers: readonly Worker[],
  why: string,
  by: string,
): { facts: Fact[]; effects: Effect[] } {
  const facts: Fact[] = [];
  const effects: Effect[] = [];
  for (const { id } of workers) {
    for (const command of model.commands.of(id))
      facts.push({
        kind: 'command.done',
        command,
        result: { ok: false, message: `worker ${id} was removed before it took the command`, certificate: null },
      });
    const connection = model.contacts.get(id)?.connection;
    if (connection != null) effects.push({ kind: 'closeConnection', connection, why });
    facts.push({ kind: 'worker.removed', id, why, by });
  }
  return { facts, effects };
}
