/**
 * Tells the manager how many slots the machine's own queue holds, so that it gives this worker no more than there is room for:
 * with each sync, and when the number is another one. What comes and goes within a moment is not told.
 */
import type { SlotsMessage } from '../../protocol/link';

/** Short tasks by the hundred are not to be a message each. */
const MOMENT_MS = 50;

export class SlotsTold {
  #told = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly held: () => number,
    /** False = there is no connection. */
    private readonly say: (message: SlotsMessage) => boolean,
  ) {}

  /** For a sync: from then on it counts as told. */
  inSync(): number {
    return (this.#told = this.held());
  }

  /** There is a connection again: it may have changed since its sync was said. */
  synced(): void {
    this.#tell();
  }

  /** The number may be another one. */
  changed(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#tell();
    }, MOMENT_MS).unref();
  }

  #tell(): void {
    const held = this.held();
    if (held !== this.#told && this.say({ held })) this.#told = held;
  }
}
