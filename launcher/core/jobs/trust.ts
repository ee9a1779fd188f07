/**
 * How long an attempt is trusted to be this worker's without a word of the manager. It ends here before the manager gives
 * the attempt to another: at nine tenths it is asked to go, and a little later it is killed, so that it is gone within.
 * All times are of the machine's own clock (boot-clock.ts). Pure.
 */
import type { AttemptId } from '../../../protocol/jobs';

export interface Trust {
  readonly attempt: AttemptId;
  readonly trustMs: number;
  /** When the newest question was sent that was answered; before the first one, when the attempt came. */
  readonly fromMs: number;
  /** It was renewed at least once. */
  readonly isRenewed: boolean;
}

const STOP_AT = 0.9;
const KILL_AT = 0.97;
/** However long it is trusted: a manager hears of each this often. */
const RENEW_EVERY_MS = 60_000;
/** The first renewal: the word to run it may have been long on its way, and its answer says that it still holds. */
const FIRST_RENEWAL_MS = 1_000;

export const stopAtMs = ({ fromMs, trustMs }: Trust): number => fromMs + trustMs * STOP_AT;
export const killAtMs = ({ fromMs, trustMs }: Trust): number => fromMs + trustMs * KILL_AT;

/** When the next question is due; Infinity = there is nothing to ask for. @param askedAtMs the newest one, answered or not */
export function renewAtMs(trusts: Iterable<Trust>, askedAtMs: number): number {
  let dueMs = Infinity;
  for (const { trustMs, fromMs, isRenewed } of trusts) {
    const pace = Math.min(RENEW_EVERY_MS, trustMs / 3);
    const first = isRenewed ? Infinity : fromMs + Math.min(FIRST_RENEWAL_MS, pace);
    // One that was asked for already has its answer under way, or is asked for at the usual pace.
    dueMs = Math.min(dueMs, askedAtMs >= first ? Infinity : first, Math.max(askedAtMs, fromMs) + pace);
  }
  return dueMs;
}
