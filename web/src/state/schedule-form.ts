/** A schedule as its form holds it: text as typed. The way to the body of PUT /api/schedules/<name>, and back. The manager says what is wrong. */
import type { CatchUp, Overlap } from '../../../protocol/schedules';
import type { ScheduleBody, ScheduleView } from '../../../protocol/schedules-http';
import { bodyOf, EMPTY_JOB, jobFormOf, type JobForm, type JobWritten } from './job-form';

export const OVERLAPS = ['skip', 'allow', 'replace'] as const satisfies readonly Overlap[];
export const CATCH_UPS = ['once', 'none'] as const satisfies readonly CatchUp[];
export type ScheduleTextKey = 'name' | 'cron' | 'time_zone' | 'starts_at' | 'ends_at';

export interface ScheduleForm {
  readonly texts: Readonly<Record<ScheduleTextKey, string>>;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  readonly isEnabled: boolean;
  readonly job: JobForm;
}

/** @param timeZone the reader's own */
export const emptySchedule = (timeZone: string): ScheduleForm => ({
  texts: { name: '', cron: '', time_zone: timeZone, starts_at: '', ends_at: '' },
  overlap: 'skip',
  catchUp: 'once',
  isEnabled: true,
  job: EMPTY_JOB,
});

export const scheduleFormOf = (schedule: ScheduleView): ScheduleForm => ({
  texts: {
    name: schedule.name,
    cron: schedule.cron,
    time_zone: schedule.time_zone,
    starts_at: dateOf(schedule.starts_at_ms),
    ends_at: dateOf(schedule.ends_at_ms),
  },
  overlap: schedule.overlap,
  catchUp: schedule.catch_up,
  isEnabled: schedule.state !== 'paused',
  // A secret that is given as the mask is the schedule's own: there is no other job that it is like.
  job: { ...jobFormOf(null, schedule.job), hold: schedule.job['hold'] === true },
});

/** Null = something is missing, or the job cannot be put into words. */
export function scheduleBodyOf(form: ScheduleForm, job: JobWritten = bodyOf(form.job)): ScheduleBody | null {
  const { texts, overlap, catchUp, isEnabled } = form;
  const isThere = [texts.name, texts.cron, texts.time_zone, form.job.texts.command].every((text) => text.trim() !== '');
  if (job.kind === 'bad' || !isThere) return null;
  return {
    cron: texts.cron.trim(),
    time_zone: texts.time_zone.trim(),
    job: job.body,
    overlap,
    catch_up: catchUp,
    enabled: isEnabled,
    starts_at: texts.starts_at.trim() === '' ? null : texts.starts_at.trim(),
    ends_at: texts.ends_at.trim() === '' ? null : texts.ends_at.trim(),
  };
}

const dateOf = (ms: number | null): string => (ms === null ? '' : new Date(ms).toISOString().replace('.000', ''));
