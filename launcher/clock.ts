/**
 * The launcher's clock: ms since the epoch, counted on from the wall clock at start by a monotonic one. A wall clock
 * that is set back or forward a year moves no timer, no backoff and no measured life.
 */
export interface Clock {
  /** ms since the epoch. */
  readonly now: () => number;
}

export function startClock(): Clock {
  const startedAtMs = Date.now() - performance.now();
  return { now: () => Math.round(startedAtMs + performance.now()) };
}
