/** Processes by where their definition comes from. */
import type { ProcessView } from '../../../protocol/views';
import { byName } from './rows';

export interface Defined {
  /** By name; processes by key. */
  readonly sets: readonly (readonly [string, readonly ProcessView[]])[];
  /** Given from the manager, in no set. */
  readonly single: readonly ProcessView[];
  /** Their launchers' own. */
  readonly launchers: number;
}

export function definedOf(processes: Iterable<ProcessView>): Defined {
  const sets = new Map<string, ProcessView[]>();
  const single: ProcessView[] = [];
  let launchers = 0;
  for (const process of [...processes].sort((a, b) => byName(a.key, b.key)))
    if (process.set !== null) sets.set(process.set, [...(sets.get(process.set) ?? []), process]);
    else if (process.version !== null) single.push(process);
    else launchers += 1;
  return { sets: [...sets].sort(([a], [b]) => byName(a, b)), single, launchers };
}
