/**
 * /api/schedules: bodies and replies. Times are ms since the epoch, by the wall's clock.
 *
 * GET    /api/schedules                        -> SchedulesReply, by name
 * POST   /api/schedules              NewScheduleBody -> ScheduleReply; its name must be free
 * GET    /api/schedules/<name>                 -> ScheduleView
 * PUT    /api/schedules/<name>       ScheduleBody -> ScheduleReply: made, or changed as a whole
 * DELETE /api/schedules/<name>                 -> ScheduleReply, as it was
 * POST   /api/schedules/<name>/run             -> RunReply
 * POST   /api/schedules/<name>/pause | resume  -> ScheduleReply
 */
import { z } from 'zod';
import { ShownJobState } from './job-views';
import { JobBody } from './jobs-http';
import { LIMITS } from './limits';
import { CATCH_UPS, OVERLAPS, ScheduleName } from './schedules';

/** What it runs: a job as POST /api/jobs takes it, without what is said once for one job. */
export const ScheduledJob = JobBody.omit({
  id: true,
  key: true,
  array: true,
  sweep: true,
  after: true,
  after_mode: true,
  not_before: true,
});

const When = z.iso
  .datetime({ offset: true, error: 'must be a date with its zone: 2026-01-31T12:00:00Z, 2026-01-31T12:00:00+01:00' })
  .nullable()
  .default(null);

export const ScheduleBody = z.strictObject({
  /** `0 3 * * *`, six fields with seconds before them, or `@daily`. */
  cron: z.string().trim().min(1).max(LIMITS.cronCharsMax),
  /** IANA: `Europe/Berlin`. */
  time_zone: z.string().min(1).max(LIMITS.nameCharsMax).default('UTC'),
  job: ScheduledJob,
  overlap: z.enum(OVERLAPS).default('skip'),
  catch_up: z.enum(CATCH_UPS).default('once'),
  enabled: z.boolean().default(true),
  starts_at: When,
  ends_at: When,
});
export type ScheduleBody = z.input<typeof ScheduleBody>;
export type ScheduleWords = z.output<typeof ScheduleBody>;
export const NewScheduleBody = ScheduleBody.extend({ name: ScheduleName });
export type NewScheduleBody = z.input<typeof NewScheduleBody>;

/** One line of a list. Null = there is none, or not yet. */
export const ScheduleRow = z.object({
  name: z.string(),
  cron: z.string(),
  time_zone: z.string(),
  /** `over`: nothing is planned any more. */
  state: z.enum(['active', 'paused', 'over']),
  next_at_ms: z.number().nullable(),
  overlap: z.enum(OVERLAPS),
  catch_up: z.enum(CATCH_UPS),
  starts_at_ms: z.number().nullable(),
  ends_at_ms: z.number().nullable(),
  /** Who gave what it runs: its jobs are theirs. */
  owner: z.string(),
  /** As one line. */
  command: z.string(),
  /** Its newest job, also when that is forgotten. */
  last: z
    .object({
      job_id: z.string(),
      planned_at_ms: z.number(),
      state: ShownJobState,
      why: z.string(),
      exit_code: z.number().nullable(),
      ended_at_ms: z.number().nullable(),
    })
    .nullable(),
  /** The newest planned time of which nothing came; null = none since its newest job. */
  left_out: z.object({ planned_at_ms: z.number(), why: z.string() }).nullable(),
  /** Its jobs that are not over; at most ten of them. */
  open_jobs: z.array(z.string()),
  /** Since it was created: jobs, times at which one was not over, times that went by while the manager was away. */
  submitted: z.number(),
  skipped: z.number(),
  missed: z.number(),
  created_at_ms: z.number(),
  changed_at_ms: z.number(),
});
export type ScheduleRow = z.infer<typeof ScheduleRow>;

export const ScheduleView = ScheduleRow.extend({
  /** The next few; empty = it is paused, or over. */
  next_times_ms: z.array(z.number()),
  /** As it is given; secrets of `env` are masked. */
  job: z.record(z.string(), z.unknown()),
});
export type ScheduleView = z.infer<typeof ScheduleView>;

export const SchedulesReply = z.object({ schedules: z.array(ScheduleRow), now_ms: z.number() });
export type SchedulesReply = z.infer<typeof SchedulesReply>;
export const ScheduleReply = z.object({ success: z.literal(true), message: z.string(), schedule: ScheduleRow });
export type ScheduleReply = z.infer<typeof ScheduleReply>;
export const RunReply = z.object({ success: z.literal(true), message: z.string(), job_id: z.string() });
export type RunReply = z.infer<typeof RunReply>;
