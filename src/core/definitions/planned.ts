/** One process of a change: how it is, how it is to be, and what that takes. */
import { dependencyKey } from '../../../protocol/dependencies';
import type { WorkerId } from '../../../protocol/ids';
import type { ProcessSpec } from '../../../protocol/process-spec';
import type { Model } from '../model';
import { disabledOf, disabledText } from '../processes/disabled';
import type { Planned } from './change-words';
import { concernsTheRun, differences } from './difference';
import { whyAway, type Known } from './known';

type Place = Pick<Planned, 'key' | 'worker' | 'name' | 'entry'>;

/** @param after null = it is to go */
export function planOne(place: Place, known: Known | undefined, after: ProcessSpec | null): Planned {
  const before = known?.spec ?? null;
  const fields = before !== null && after !== null ? differences(before, after) : [];
  const action =
    before === null
      ? after === null
        ? 'keep'
        : 'create'
      : after === null
        ? 'remove'
        : fields.length > 0
          ? 'change'
          : 'keep';
  return { ...place, action, before, after, fields };
}

/** Why what runs is left alone though its definition changes; null = it is stopped, verified gone, and started. */
export function whyNotRestarted(model: Model, { key, fields }: Planned, nowMs: number): string | null {
  const process = model.processes.get(key);
  if (process === undefined) return 'its launcher has not told of it yet';
  if (process.supersededBy !== null) return `it runs as ${process.supersededBy} now`;
  if (!concernsTheRun(fields)) return 'what runs is as defined';
  const disabled = disabledOf(model, process, nowMs);
  if (disabled !== null) return disabledText(disabled);
  return process.desired === 'stopped' ? 'it is not wanted to run' : null;
}

/** What an operator should know beside the difference itself. */
export function notesOn(model: Model, planned: Planned, all: readonly Planned[], nowMs: number): string[] {
  const { key, action, worker, after } = planned;
  if (action === 'keep') return [];
  const away = whyAway(model, worker);
  const notes = away === null ? [] : [away];
  if (action === 'create' && after?.autoStart === false) notes.push('not started: auto_start is false');
  if (action === 'create' && model.workers.get(worker)?.isDraining === true)
    notes.push(`${worker} is draining; it gets this one because it is named`);
  if (action === 'change') {
    const why = whyNotRestarted(model, planned, nowMs);
    notes.push(why === null ? 'it is restarted' : `not restarted: ${why}`);
  }
  if (action === 'remove') {
    const going = new Set(all.filter((other) => other.action === 'remove').map((other) => other.key));
    const staying = model.processes.dependentsOf(key).filter((dependent) => !going.has(dependent.key));
    if (staying.length > 0) notes.push(`${staying.map((dependent) => dependent.key).join(', ')} depend on it`);
  }
  return notes;
}

/** `worker/process` of everything it depends on. */
export const dependenciesOf = (worker: WorkerId, spec: ProcessSpec): string[] =>
  Object.keys(spec.dependsOn).map((written) => dependencyKey(worker, written));
