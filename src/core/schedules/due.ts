/**
 * What is due of a schedule by the wall's time. Whatever is decided moves `decidedToMs`, so each planned time is decided
 * once, whichever way the clock is set: back by a little, and what was decided is waited for; forward, and it is as if the
 * manager had been away.
 */
import { nextAfter, newestIn } from './calendar';
import type { Schedule } from './rows';

/** Later than this a planned time was missed, and is caught up with or not. Quartz's misfire threshold. */
const LATE_MS = 60_000;
/** A clock that is set back by more was wrong before, and is believed anew: as cron does. */
const SET_BACK_MS = 3 * 60 * 60_000;
/** Missed times are counted up to here, as in Kubernetes: a year of seconds is thirty million. */
const COUNTED_MAX = 100;

export type Due =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'set-back' }
  /** `missed`: those before it, of which nothing comes. */
  | { readonly kind: 'fire'; readonly plannedAtMs: number; readonly missed: number }
  /** All of them, up to `plannedAtMs`. */
  | { readonly kind: 'missed'; readonly plannedAtMs: number; readonly missed: number };

export function dueOf(schedule: Schedule, wallMs: number): Due {
  if (!schedule.isEnabled) return { kind: 'nothing' };
  if (isSetBack(schedule, wallMs)) return { kind: 'set-back' };
  const { decidedToMs, catchUp } = schedule;
  const firstMs = nextAfter(schedule, decidedToMs);
  // Several may come before there is time to look: while none is late, each gets its job.
  if (firstMs !== null && firstMs <= wallMs && wallMs - firstMs <= LATE_MS)
    return { kind: 'fire', plannedAtMs: firstMs, missed: 0 };
  const plannedAtMs = newestIn(schedule, decidedToMs, wallMs);
  if (plannedAtMs === null) return { kind: 'nothing' };
  const before = countBefore(schedule, plannedAtMs);
  const isLate = wallMs - plannedAtMs > LATE_MS;
  return isLate && catchUp === 'none'
    ? { kind: 'missed', plannedAtMs, missed: before + 1 }
    : { kind: 'fire', plannedAtMs, missed: before };
}

export const isSetBack = ({ decidedToMs }: Schedule, wallMs: number): boolean => decidedToMs - wallMs > SET_BACK_MS;

function countBefore(schedule: Schedule, plannedAtMs: number): number {
  let count = 0;
  for (
    let at = nextAfter(schedule, schedule.decidedToMs);
    at !== null && at < plannedAtMs && count < COUNTED_MAX;
    at = nextAfter(schedule, at)
  )
    count += 1;
  return count;
}
