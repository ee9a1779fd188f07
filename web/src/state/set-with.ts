/** The document of a set with one process put in, or changed. Everything else of it stays: what leaves it is removed. */
import type { ProcessWords, SetWords } from '../link/definitions';

export interface Edited {
  readonly document: SetWords;
  /** Where the edited process is in it. */
  readonly entry: number;
}

/** @param before the process as it was, to find it by; null = it is a new one */
export function setWith(set: SetWords, before: ProcessWords | null, process: ProcessWords): Edited {
  const at =
    before === null
      ? -1
      : set.processes.findIndex(
          (one) =>
            one['name'] === before['name'] && (one['worker'] === before['worker'] || before['worker'] === undefined),
        );
  const processes = [...set.processes];
  if (at < 0) processes.push(process);
  else processes[at] = process;
  return { document: { set: set.set, processes }, entry: at < 0 ? processes.length - 1 : at };
}
