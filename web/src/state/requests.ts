/**
 * Commands asked for and not yet answered. Shown beside a state, never in place of it: a row says `running` and
 * `stop requested` until the manager says otherwise.
 */
import type { Act } from './commands';

export interface Request {
  readonly act: Act;
  readonly sinceMs: number;
}
export type Requests = ReadonlyMap<string, Request>;
export const NO_REQUESTS: Requests = new Map();

export function requested(requests: Requests, keys: readonly string[], act: Act, nowMs: number): Requests {
  const after = new Map(requests);
  for (const key of keys) after.set(key, { act, sinceMs: nowMs });
  return after;
}

/** Only the same request is taken away: a later one for the same process is still on its way. */
export function answered(requests: Requests, keys: readonly string[], sinceMs: number): Requests {
  const after = new Map(requests);
  for (const key of keys) if (after.get(key)?.sinceMs === sinceMs) after.delete(key);
  return after;
}
