/**
 * Schedules: jobs by the calendar. Words shared by manager and clients.
 * Sources: cron's five fields; systemd's `Persistent=`; the overlap policies of Temporal's Schedules, which Kubernetes calls
 * `concurrencyPolicy` (skip is its Forbid).
 */
import { z } from 'zod';
import { LIMITS } from './limits';

/** A job's id begins with it, so its alphabet is theirs. */
export const ScheduleName = z
  .string()
  .min(1, 'a schedule has a name')
  .max(LIMITS.scheduleNameCharsMax, `a schedule's name is longer than ${LIMITS.scheduleNameCharsMax} characters`)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
    "a schedule's name may hold letters, digits and _ . - and starts with a letter, a digit or _",
  )
  .brand<'ScheduleName'>();
export type ScheduleName = z.infer<typeof ScheduleName>;

/** While a job of the schedule is not over, the next time: submits nothing; submits beside it; stops it first. */
export const OVERLAPS = ['skip', 'allow', 'replace'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** Times that went by while the manager was away: none of them, or the newest, once. */
export const CATCH_UPS = ['none', 'once'] as const;
export type CatchUp = (typeof CATCH_UPS)[number];
