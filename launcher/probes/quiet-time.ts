/**
 * How long nothing was heard, counted in looks. A look that comes much later than it should (the machine slept, was
 * paused, or the launcher was stopped) says nothing about the time between: then nobody was there to hear. So a gap counts
 * as one look, and neither a suspended machine nor a stopped launcher makes anybody silent.
 */
export class QuietTime {
  #quietMs = 0;

  /** @param lookMs how often it is looked; a gap counts as no more than twice this */
  constructor(
    private lastMs: number,
    private readonly lookMs: number,
  ) {}

  heard(nowMs: number): void {
    this.#quietMs = 0;
    this.lastMs = nowMs;
  }

  /** Nothing was heard since the last look. Returns for how long now. */
  look(nowMs: number): number {
    this.#quietMs += Math.min(Math.max(0, nowMs - this.lastMs), 2 * this.lookMs);
    this.lastMs = nowMs;
    return this.#quietMs;
  }
}

/** Often enough to be at most a quarter late, seldom enough for a thousand of them. */
export const lookEveryMs = (forMs: number): number => Math.min(30_000, Math.max(25, Math.floor(forMs / 4)));
