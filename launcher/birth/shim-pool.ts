/**
 * Shims that serve one run after another, as many as runs are under way at once. Whoever finds none waiting has one of its
 * own made, and the next one finds one more; those that nobody needed for a while go.
 */
import type { CradlePool } from '../store/cradle-pool';
import { canServe, ServingShim, type ServingSetup } from './serving-shim';
import type { ShimCgroups } from '../tree/shim-cgroup';
import type { Shim } from './shim-order';
import type { Birth } from './wanted';

const IDLE_MS = 60_000;

export class ShimPool {
  readonly #all = new Set<ServingShim>();
  readonly #waiting = new Map<ServingShim, NodeJS.Timeout>();

  /** @param most so many runs are under way at once */
  constructor(
    private readonly setup: ServingSetup,
    private readonly cradles: CradlePool,
    private readonly cgroups: ShimCgroups,
    private readonly most: number,
  ) {}

  /** For a run of its own directory; null = none is waiting, or none can serve it. */
  take(birth: Birth): Shim | null {
    const shim = this.lend(birth);
    if (shim === null) {
      if (this.#all.size < this.most && this.#canServe(birth)) setImmediate(() => this.#make());
      return null;
    }
    return {
      birth,
      cgroup: shim.cgroup,
      begin: (order, opened) => shim.begin(order, birth, opened),
      drop: () => this.rest(shim),
      done: () => this.serveOn(shim),
    };
  }

  /** One that waits, until it is told to rest, or to serve on. Null as above, and none is made for it. */
  lend(birth: Birth): ServingShim | null {
    const [shim] = this.#waiting.keys();
    if (shim === undefined || !this.#canServe(birth)) return null;
    this.#notWaiting(shim);
    return shim;
  }

  #canServe(birth: Birth): boolean {
    return canServe(birth, this.setup.environment);
  }

  #make(): void {
    if (this.#all.size >= this.most) return;
    try {
      this.#all.add(
        new ServingShim(this.setup, this.cradles, this.cgroups, {
          waiting: (shim) => this.rest(shim),
          gone: (shim) => {
            this.#notWaiting(shim);
            this.#all.delete(shim);
          },
        }),
      );
    } catch {
      // Too little of something: each run has one of its own made, and says what is wrong if it still is.
    }
  }

  /** Nothing is left of the run that it was lent for, whose directory is not its own any more. */
  serveOn(shim: ServingShim): void {
    if (shim.isReady) return this.rest(shim); // no order came of it
    try {
      shim.serveOn();
    } catch {
      shim.end(); // a full disk
    }
  }

  /** It waits for its next order; not where it has been ended. */
  rest(shim: ServingShim): void {
    if (!this.#all.has(shim) || !shim.isReady) return;
    this.#notWaiting(shim);
    this.#waiting.set(shim, setTimeout(() => this.#dismiss(shim), IDLE_MS).unref());
  }

  #notWaiting(shim: ServingShim): void {
    clearTimeout(this.#waiting.get(shim));
    this.#waiting.delete(shim);
  }

  #dismiss(shim: ServingShim): void {
    this.#waiting.delete(shim);
    this.#all.delete(shim);
    shim.end();
  }

  /** Those that wait go; those that serve go when that is over. */
  release(): void {
    for (const shim of this.#all) {
      this.#notWaiting(shim);
      shim.end();
    }
    this.#all.clear();
  }
}
