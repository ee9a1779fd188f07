/** The one place where a change gets its number. */
import type { Model } from '../model';
import type { Change } from './versions';

/** The counter is no fact: a number that was given and not used is only skipped. */
export function newChange(model: Model, origin: Omit<Change, 'id' | 'order' | 'atMs'>, nowMs: number): Change {
  const order = ++model.definitionChanges;
  return { ...origin, id: `d${order}`, order, atMs: nowMs };
}
