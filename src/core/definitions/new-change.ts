/** The one place where a change gets its number. */
import type { Asker } from '../../../protocol/trust';
import type { Model } from '../model';
import type { Change } from './versions';

/** What begins a change: `set` null = it is of no document. */
export interface ChangeOrigin extends Pick<Change, 'set' | 'kind'> {
  readonly by: Asker;
}

/** The counter is no fact: a number that was given and not used is only skipped. */
export function newChange(model: Model, { by, set, kind }: ChangeOrigin, nowMs: number): Change {
  const order = ++model.definitionChanges;
  return { set, kind, by: by.text, id: `d${order}`, order, atMs: nowMs };
}
