/**
 * One timer, for the nearest of what is due. That moves away with almost every turn, and no timer is set anew for it: one that
 * rings early is a look too many, and whoever hears it says then when the next is due.
 */
export class Alarm {
  #timer: NodeJS.Timeout | null = null;
  #ringsAtMs = 0;

  /** @param ring is told when it was to ring: a program that stood still hears it later. */
  constructor(private readonly ring: (dueAtMs: number) => void) {}

  /** @param waitMs null = nothing is due */
  set(waitMs: number | null, nowMs: number): void {
    if (this.#timer !== null) {
      if (waitMs !== null && this.#ringsAtMs <= nowMs + waitMs) return;
      clearTimeout(this.#timer);
    }
    this.#ringsAtMs = nowMs + (waitMs ?? 0);
    this.#timer = waitMs === null ? null : setTimeout(() => this.#due(), waitMs);
  }

  #due(): void {
    this.#timer = null;
    this.ring(this.#ringsAtMs);
  }
}
