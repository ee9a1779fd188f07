/** Rings at a time of the launcher's clock. The newest setting counts. */
import type { Clock } from '../clock';
import { after } from '../probes/long-timer';

export class Alarm {
  #callOff: (() => void) | null = null;

  /** @param ring may be called a little before the time that was set */
  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** @param dueMs null = never */
  set(dueMs: number | null): void {
    this.off();
    this.#callOff = dueMs === null ? null : after(dueMs - this.clock.now(), this.ring);
  }

  off(): void {
    this.#callOff?.();
    this.#callOff = null;
  }
}
