/** Which processes are ticked. Keys of processes that are gone are dropped when the selection is used, not before. */
import type { ProcessView } from '../../../protocol/views';
import { isAlive } from './severity';

export type Selection = ReadonlySet<string>;
export const NOTHING_SELECTED: Selection = new Set();

export function toggled(selection: Selection, key: string): Selection {
  const after = new Set(selection);
  if (!after.delete(key)) after.add(key);
  return after;
}

/** All of these on, or all off when all are on already. */
export function toggledAll(selection: Selection, keys: readonly string[]): Selection {
  const after = new Set(selection);
  const allOn = keys.every((key) => after.has(key));
  for (const key of keys)
    if (allOn) after.delete(key);
    else after.add(key);
  return after;
}

export const notRunning = (processes: readonly ProcessView[]): Selection =>
  new Set(processes.filter((process) => !isAlive(process)).map((process) => process.key));

export const coverage = (selection: Selection, keys: readonly string[]): 'none' | 'some' | 'all' => {
  let on = 0;
  for (const key of keys) if (selection.has(key)) on++;
  if (on === 0) return 'none';
  return on === keys.length ? 'all' : 'some';
};

export const selected = (selection: Selection, processes: ReadonlyMap<string, ProcessView>): ProcessView[] =>
  [...selection].flatMap((key) => processes.get(key) ?? []);
