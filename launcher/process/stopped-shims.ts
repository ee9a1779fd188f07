/**
 * A shim that somebody stopped (SIGSTOP) cannot say that its child has ended, so the run would never be over. It is made to go
 * on, and says how it was. A poll: the kernel tells a shim's parent alone, which may be a launcher that is gone.
 */
import type { Log } from '../logging';
import type { TreeRoot } from '../tree/tree';
import { lives, readStat } from './identity';
import { signalOne } from './signals';

const LOOK_MS = 5_000;

export class StoppedShims {
  readonly #timer: NodeJS.Timeout;

  /** @param roots of all that has a run */
  constructor(
    private readonly roots: () => readonly TreeRoot[],
    private readonly log: Log,
  ) {
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  #look(): void {
    for (const { run, shim, child } of this.roots()) {
      // Who stopped the child too may mean it.
      if (shim === null || child === null || lives(child)) continue;
      if (readStat(shim.pid)?.state === 'T' && signalOne(shim, 'SIGCONT'))
        this.log('warn', `the shim of run ${run} (pid ${shim.pid}) was stopped when its program ended; it goes on`);
    }
  }

  release(): void {
    clearInterval(this.#timer);
  }
}
