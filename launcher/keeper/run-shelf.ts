/**
 * The ended runs of one process: kept with their output until the manager has both the end and every byte, and then the
 * newest few still, for a look at the disk.
 */
import { LIMITS } from '../../protocol/limits';
import type { RunId } from '../../protocol/ids';
import type { RunDirectory } from '../store/run-directory';

export class RunShelf {
  /** Ended runs, oldest first, and what is still owed to the manager. */
  readonly #runs = new Map<RunId, { directory: RunDirectory; shipped: boolean; acknowledged: boolean }>();

  /** @param isMarked what the manager has whole is marked on the disk: its process stays, and will be looked at again */
  constructor(private readonly isMarked: boolean) {}

  /** Those that are kept, oldest first. */
  get directories(): readonly RunDirectory[] {
    return [...this.#runs.values()].map(({ directory }) => directory);
  }

  add(directory: RunDirectory): void {
    const isDone = directory.isDone;
    this.#runs.set(directory.run, { directory, shipped: isDone, acknowledged: isDone });
    this.#prune();
  }

  shipped(run: RunId): void {
    this.#settle(run, 'shipped');
  }

  acknowledged(run: RunId): void {
    this.#settle(run, 'acknowledged');
  }

  #settle(run: RunId, what: 'shipped' | 'acknowledged'): void {
    const kept = this.#runs.get(run);
    if (kept === undefined || kept[what]) return;
    kept[what] = true;
    if (!kept.shipped || !kept.acknowledged) return;
    try {
      if (this.isMarked) kept.directory.markDone();
    } catch {
      return; // a full disk: it will be offered to the manager once more, which is harmless
    }
    this.#prune();
  }

  #prune(): void {
    let surplus = this.#runs.size - LIMITS.runsKeptPerProcess;
    for (const [run, { directory, shipped, acknowledged }] of this.#runs) {
      if (surplus <= 0) return;
      if (!shipped || !acknowledged) continue;
      directory.remove();
      this.#runs.delete(run);
      surplus -= 1;
    }
  }

  get isSettled(): boolean {
    return [...this.#runs.values()].every(({ shipped, acknowledged }) => shipped && acknowledged);
  }
}
