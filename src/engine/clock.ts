/** The manager's clock: starts at the wall's time and from then on only rises, whatever is done to the wall's. */
import type { Clock } from './ports';

export function monotonicClock(): Clock {
  const offsetMs = Date.now() - performance.now();
  return { nowMs: () => Math.round(offsetMs + performance.now()), wallMs: () => Date.now() };
}
