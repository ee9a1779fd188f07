/**
 * A plan becomes versions and commands, all in one turn: either all of it is remembered and on its way, or nothing. A
 * manager that is killed behind it sends again what was not done; nobody is left with half a change.
 */
import { Refusal } from '../../../protocol/errors';
import type { CommandId, WorkerId } from '../../../protocol/ids';
import { LIMITS } from '../../../protocol/limits';
import type { Effect } from '../commands';
import type { Fact } from '../facts';
import type { Model } from '../model';
import { issue, type Issue } from '../processes/issue';
import type { CarriedOut, Changed, Planned } from './change-words';
import { whyAway } from './known';
import { newChange, type ChangeOrigin } from './new-change';
import { notesOn, whyNotRestarted } from './planned';

export interface CarryingOut extends Changed {
  readonly facts: Fact[];
  readonly effects: Effect[];
}

export function carryOut(
  model: Model,
  plan: readonly Planned[],
  origin: ChangeOrigin,
  nowMs: number,
): CarryingOut | Refusal {
  const touched = plan.filter(({ action }) => action !== 'keep');
  const full = queueRefusal(model, touched);
  if (full !== null) return full;
  const facts: Fact[] = [];
  const effects: Effect[] = [];
  const change = touched.length === 0 ? null : newChange(model, origin, nowMs);
  const give = (planned: Planned, payload: Issue['payload']): CommandId => {
    const { worker, name: process } = planned;
    const why = `${origin.kind}${origin.set === null ? '' : ` of the set ${origin.set}`}`;
    const issued = issue(model, facts, nowMs, { worker, process, by: origin.by, why, payload });
    effects.push(...issued.effects);
    return issued.command.id;
  };
  const results = plan.map((planned): CarriedOut => {
    const notes = notesOn(model, planned, plan, nowMs);
    const delivery = whyAway(model, planned.worker) === null ? 'sent' : 'queued';
    if (change === null || planned.action === 'keep') return { planned, notes, command: null, delivery };
    const { key, worker, after: spec } = planned;
    facts.push({ kind: 'definition.given', key, worker, spec, change });
    return {
      planned,
      notes,
      command: commandsFor(model, planned, nowMs, (payload) => give(planned, payload)),
      delivery,
    };
  });
  return { facts, effects, results, change };
}

/** @returns the one whose result says how it went */
function commandsFor(
  model: Model,
  planned: Planned,
  nowMs: number,
  give: (payload: Issue['payload']) => CommandId,
): CommandId {
  const { name: process, action, after: spec } = planned;
  if (spec === null) return give({ kind: 'supersede', process });
  if (action === 'create') return give({ kind: 'define', spec, start: spec.autoStart });
  const defined = give({ kind: 'define', spec, start: false });
  // A definition alone leaves a living run as it is: the restart stops it, verifies, and starts the new one.
  if (whyNotRestarted(model, planned, nowMs) !== null) return defined;
  return give({ kind: 'control', process, verb: 'restart', onlyRun: null });
}

/** The limit is on processes and not on the one or two commands that each of them takes. */
function queueRefusal(model: Model, touched: readonly Planned[]): Refusal | null {
  const perWorker = new Map<WorkerId, number>();
  for (const { worker } of touched) perWorker.set(worker, (perWorker.get(worker) ?? 0) + 1);
  for (const [worker, count] of perWorker) {
    const waiting = model.commands.countOf(worker);
    if (waiting + count > LIMITS.commandsQueuedMax)
      return new Refusal(
        'queue_full',
        `${waiting} commands wait for worker ${worker}, and ${count} of its processes would change; ${LIMITS.commandsQueuedMax} at once is the limit. Nothing was changed: apply it in parts, or when it has taken some`,
      );
  }
  return null;
}
