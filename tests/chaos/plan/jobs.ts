/** The jobs of a seed, and how each is to end. */
import type { Random } from '../../harness/random';

export interface PlannedJob {
  readonly id: string;
  readonly lifeMs: number;
  /** 0: it completes, however often it is tried. FAILS: it fails, and is not tried again. */
  readonly code: 0 | typeof FAILS;
  /** Somebody cancels it so long after it was submitted; null = nobody. */
  readonly cancelAfterMs: number | null;
  readonly gpus: 0 | 1;
}
export const FAILS = 7;

export function jobsOf(random: Random, count: number): PlannedJob[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `c${i}`,
    // Some outlive a lease in a long partition, and would run on beside their next attempt if nobody ended them.
    lifeMs: random.chance(0.15) ? random.between(TRUST_MS, 4 * TRUST_MS) : random.between(0, 200),
    code: random.chance(0.1) ? FAILS : 0,
    cancelAfterMs: random.chance(0.1) ? random.between(0, 3_000) : null,
    gpus: random.chance(0.2) ? 1 : 0,
  }));
}

/** Shorter than the longest partitions of the row, so that leases do end. */
export const TRUST_MS = 2_000;
