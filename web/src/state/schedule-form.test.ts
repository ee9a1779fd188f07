import type { ScheduleView } from '../../../protocol/schedules-http';
import { emptySchedule, scheduleBodyOf, scheduleFormOf } from './schedule-form';

const NIGHTLY: ScheduleView = {
  name: 'nightly',
  cron: '0 3 * * *',
  time_zone: 'Europe/Berlin',
  state: 'paused',
  next_at_ms: null,
  overlap: 'replace',
  catch_up: 'none',
  starts_at_ms: Date.UTC(2026, 0, 31, 12),
  ends_at_ms: null,
  owner: 'ada',
  command: 'make report',
  last: null,
  left_out: null,
  open_jobs: [],
  submitted: 0,
  skipped: 0,
  missed: 0,
  created_at_ms: 0,
  changed_at_ms: 0,
  next_times_ms: [],
  job: { command: ['make', 'report'], env: { KEY: '********' }, hold: true, retries: { max: 2, factor: 3 } },
};

test('a schedule that nobody touched is given back as it is, also what the form has no field for', () => {
  expect(scheduleBodyOf(scheduleFormOf(NIGHTLY))).toEqual({
    cron: '0 3 * * *',
    time_zone: 'Europe/Berlin',
    job: { command: ['make', 'report'], env: { KEY: '********' }, hold: true, retries: { max: 2, factor: 3 } },
    overlap: 'replace',
    catch_up: 'none',
    enabled: false,
    starts_at: '2026-01-31T12:00:00Z',
    ends_at: null,
  });
});

test('there is no body until it has a name, a time and a command, nor while the job cannot be put into words', () => {
  const empty = emptySchedule('UTC');
  const texts = { ...empty.texts, name: 'nightly', cron: '@daily' };
  const job = { ...empty.job, texts: { ...empty.job.texts, command: 'make report' } };
  expect(scheduleBodyOf({ ...empty, texts })).toBeNull();
  expect(scheduleBodyOf({ ...empty, job })).toBeNull();
  expect(scheduleBodyOf({ ...empty, texts, job })).toMatchObject({ cron: '@daily', job: { command: 'make report' } });
  expect(scheduleBodyOf({ ...empty, texts, job: { ...job, texts: { ...job.texts, gpus: 'many' } } })).toBeNull();
});
