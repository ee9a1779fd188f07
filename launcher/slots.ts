/**
 * How many tasks and attempts this launcher runs at once (`--slots`, RemoteGPU's `max_workers`), whoever gave them. One is
 * taken before a birth and given back when the tree was verified gone, so the number is never exceeded.
 */
export class Slots {
  readonly #holders = new Set<string>();
  readonly #waiting = new Set<() => void>();

  /** @param total 0 = none may run */
  constructor(readonly total: number) {}

  get free(): number {
    return Math.max(0, this.total - this.#holders.size);
  }

  /** Of who runs already, as after a restart of the launcher: counted also beyond the total. */
  hold(holder: string): void {
    this.#holders.add(holder);
  }

  /** False = none is free. */
  take(holder: string): boolean {
    if (this.free === 0) return false;
    this.#holders.add(holder);
    return true;
  }

  /** Given back; those who wait look again. */
  release(holder: string): void {
    if (!this.#holders.delete(holder)) return;
    for (const look of this.#waiting) look();
  }

  /** @param look called when one became free */
  onFreed(look: () => void): void {
    this.#waiting.add(look);
  }
}
