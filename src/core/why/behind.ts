/** What lies behind a cause: the processes it names, each with its own account, and what lies behind those. */
import type { ProcessKey } from '../../../protocol/ids';
import type { Behind, ProcessLook } from './account';
import { processAccount, shownState } from './process-account';

/** In the order of the chain, each process once, so a circle ends. */
export function behind(
  look: ProcessLook,
  keys: readonly string[],
  seen = new Set<string>([look.process.key]),
): Behind[] {
  return keys.flatMap((key) => {
    if (seen.has(key)) return [];
    seen.add(key);
    const process = look.model.processes.get(key as ProcessKey);
    if (process === undefined) return [{ target: key, state: 'unknown', cause: 'no such process is known here' }];
    const own: ProcessLook = { ...look, process, events: [] };
    const { cause, behindIt = [] } = processAccount(own);
    return [{ target: key, state: shownState(own), cause }, ...behind(own, behindIt, seen)];
  });
}
