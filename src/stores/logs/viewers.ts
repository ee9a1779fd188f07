/** Who looks at a process's output while it comes. Without one, storing costs a map look-up and no copy. */
import type { ProcessName, WorkerId } from '../../../protocol/ids';
import { processKey, type ProcessKey } from '../../../protocol/ids';
import type { LogListener } from '../../engine/log-store-port';
import type { StoredFile } from './catalogue';

export class Viewers {
  private readonly listeners = new Map<ProcessKey, Set<LogListener>>();

  add(worker: WorkerId, process: ProcessName, listener: LogListener): () => void {
    const key = processKey(worker, process);
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(key) === set) this.listeners.delete(key);
    };
  }

  tell({ ref: { worker, process, run }, stream }: StoredFile, offset: number, slices: readonly Buffer[]): void {
    if (this.listeners.size === 0) return;
    for (const listener of this.listeners.get(processKey(worker, process)) ?? [])
      listener({ run, stream, offset, slices });
  }
}
