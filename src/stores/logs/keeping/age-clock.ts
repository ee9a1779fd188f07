/**
 * The time by which output grows old. Forgetting cannot be taken back, and a wall clock may be wrong by a year when the
 * manager starts (an empty battery, a wrong time server): one that is far ahead of everything stored is doubted for a day,
 * and ages go on from the newest thing stored. A manager that really was away for so long keeps its output a day longer.
 */

/** Further ahead than this is doubted. */
const LEAP_MS = 24 * 3_600_000;
/** For so long, then it is believed: whoever looks after the machine has seen it by now. */
const DOUBT_MS = 24 * 3_600_000;

export class AgeClock {
  /**
   * Made before anything new is stored: that would carry the doubtful time.
   * @param startMs the clock when it starts
   * @param newestMs when the newest thing stored was written; -Infinity = nothing is
   */
  constructor(
    private readonly startMs: number,
    private readonly newestMs: number,
  ) {}

  read(nowMs: number): number {
    const sinceStartMs = nowMs - this.startMs;
    const isDoubted = this.startMs - this.newestMs > LEAP_MS && sinceStartMs < DOUBT_MS;
    return isDoubted && this.newestMs !== -Infinity ? this.newestMs + sinceStartMs : nowMs;
  }
}
