/** Waits that grow and are spread, so that a fleet does not come back as one. Pure. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * @param attempt 0 for the first wait
 * @param random in [0, 1)
 * @returns ms, between half of the grown wait and the whole
 */
export const waitMs = ({ firstMs, mostMs }: Backoff, attempt: number, random: number): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 20)) * (0.5 + random / 2);
