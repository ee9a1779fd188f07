/**
 * How many tasks and attempts this launcher runs at once (`--slots`, RemoteGPU's `max_workers`), whoever gave them. One is
 * taken before a birth and given back when the tree was verified gone, so the number is never exceeded. The manager's jobs and
 * the machine's own queue draw from the same slots, each under names of its own.
 */
import { availableParallelism } from 'node:os';
import { AGENT_DEFAULTS } from './agent-words';
import type { LauncherOptions } from './options';

/** How many a launcher has. */
export const slotsOf = ({ isEphemeral, slots, localApi }: LauncherOptions): number =>
  isEphemeral ? 1 : (slots ?? (localApi === null ? availableParallelism() : AGENT_DEFAULTS.slots));

export class SlotPool {
  readonly #shares: Slots[] = [];
  readonly #waiting = new Set<() => void>();

  /** @param total 0 = none may run */
  constructor(readonly total: number) {}

  /** For one queue. */
  share(): Slots {
    const slots = new Slots(this);
    this.#shares.push(slots);
    return slots;
  }

  get free(): number {
    return Math.max(0, this.total - this.#shares.reduce((sum, { held }) => sum + held, 0));
  }

  /** Those who wait look again. */
  freed(): void {
    for (const look of this.#waiting) look();
  }

  onFreed(look: () => void): void {
    this.#waiting.add(look);
  }
}

/** What one queue takes of them. */
export class Slots {
  readonly #holders = new Set<string>();
  #tell: () => void = () => {};

  constructor(private readonly pool: SlotPool) {}

  get total(): number {
    return this.pool.total;
  }

  /** Whoever holds the others. */
  get free(): number {
    return this.pool.free;
  }

  /** By this queue. */
  get held(): number {
    return this.#holders.size;
  }

  /** Of who runs already, as after a restart of the launcher: counted also beyond the total. */
  hold(holder: string): void {
    if (this.#holders.has(holder)) return;
    this.#holders.add(holder);
    this.#tell();
  }

  /** False = none is free. */
  take(holder: string): boolean {
    if (this.free === 0) return false;
    this.hold(holder);
    return true;
  }

  /** Given back; those who wait look again. */
  release(holder: string): void {
    if (!this.#holders.delete(holder)) return;
    this.#tell();
    this.pool.freed();
  }

  /** @param look called when one became free */
  onFreed(look: () => void): void {
    this.pool.onFreed(look);
  }

  /** @param tell called when `held` has changed */
  onHeld(tell: () => void): void {
    this.#tell = tell;
  }
}
