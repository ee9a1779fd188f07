/** /api/schedules on a real manager: made, looked at, changed, paused, run, removed; its jobs; what is refused and how. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ScheduleView } from '../../protocol/schedules-http';
import { until } from '../harness/until';
import { JobsHere } from './jobs-here';
import { managerHere, type Answer } from './manager-here';

let here: JobsHere;
beforeAll(async () => (here = await JobsHere.open({ slots: 1 })));
afterAll(() => here.close());

const DEADLINE_MS = 30_000;
const YEARLY = { cron: '0 0 1 1 *', job: { command: 'x' } };

async function send(method: string, path: string, body?: unknown, manager = here.manager): Promise<Answer> {
  const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${manager.url}/api/schedules${path}`, init);
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as unknown };
}
const made = async (name: string, more: object = {}): Promise<void> => {
  const { status, text } = await send('POST', '', { name, ...YEARLY, ...more });
  if (status !== 200) throw new Error(text);
};
const view = async (name: string): Promise<ScheduleView> => (await send('GET', `/${name}`)).body as ScheduleView;
const jobsOf = async (name: string): Promise<{ job_id: string; state: string }[]> =>
  ((await here.manager.get(`/api/jobs?schedule=${name}`)).body as { jobs: { job_id: string; state: string }[] }).jobs;

test('is made, shown with its next times, listed, changed as a whole, and removed', async () => {
  const { body } = await send('POST', '', {
    name: 'nightly',
    cron: '0 3 * * *',
    time_zone: 'Europe/Berlin',
    job: { command: ['make', 'report'], env: { API_KEY: 'unlikely' } },
  });
  expect(body).toMatchObject({ success: true, message: 'schedule nightly is created', schedule: { state: 'active' } });
  const shown = await view('nightly');
  expect(shown).toMatchObject({
    cron: '0 3 * * *',
    time_zone: 'Europe/Berlin',
    overlap: 'skip',
    catch_up: 'once',
    last: null,
    job: { command: ['make', 'report'], env: { API_KEY: '********' } },
  });
  expect(shown.next_times_ms).toHaveLength(5);
  expect(shown.next_times_ms[0]).toBe(shown.next_at_ms);
  const inBerlin = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', hour: 'numeric', hourCycle: 'h23' });
  expect(shown.next_times_ms.map((ms) => inBerlin.format(ms))).toEqual(Array(5).fill('03'));
  expect((await send('GET', '')).body).toMatchObject({ schedules: [{ name: 'nightly' }] });

  expect(await send('POST', '', { name: 'nightly', ...YEARLY })).toMatchObject({
    status: 409,
    body: { code: 'schedule_taken' },
  });
  expect((await send('PUT', '/nightly', { ...YEARLY, overlap: 'allow' })).body).toMatchObject({
    message: 'schedule nightly is changed',
    schedule: { cron: '0 0 1 1 *', overlap: 'allow', time_zone: 'UTC' },
  });
  expect((await send('DELETE', '/nightly')).body).toMatchObject({ message: 'schedule nightly is removed' });
  expect(await send('GET', '/nightly')).toMatchObject({ status: 404, body: { code: 'unknown_schedule' } });
});

test.each([
  [{ cron: '0 25 * * *' }, /cron: "0 25 \* \* \*" is not understood .* five fields/],
  [{ cron: '0 0 31 4 *' }, /names a day that never comes/],
  [{ time_zone: 'Berlin' }, /time_zone: "Berlin" is no time zone; give an IANA name/],
  [{ overlap: 'forbid' }, /overlap/],
  [{ starts_at: 'tomorrow' }, /starts_at: .*must be a date with its zone/],
  [{ ends_at: '2020-01-01T00:00:00Z' }, /ends_at: it is over already/],
  [{ name: 'a b' }, /name: .*may hold letters/],
  [{ job: { command: 'x', array: '1-3' } }, /job\.array|array/],
  [{ job: { command: 'x', id: 'mine' } }, /job\.id|id/],
  [{ job: {} }, /job\.command/],
  [{ when: 'now' }, /when/],
])('%j is refused with its field', async (wrong, sentence) => {
  const { status, body } = await send('POST', '', { name: 'wrong', ...YEARLY, ...wrong });
  expect([status, (body as { code: string }).code]).toEqual([400, 'bad_request']);
  expect((body as { error: string }).error).toMatch(sentence);
  expect((await send('GET', '/wrong')).status).toBe(404);
});

test('submits its job when its time comes, which knows it; the schedule knows how that ended', async () => {
  await made('ticking', { cron: '* * * * * *' });
  const [first] = await until('its first job', DEADLINE_MS, async () => {
    const jobs = await jobsOf('ticking');
    return jobs.length > 0 ? jobs : null;
  });
  const id = first?.job_id ?? '';
  expect(id).toMatch(/^ticking\.\d{8}T\d{6}Z$/);
  const { spec } = await here.given(id);
  const plannedAtMs = Date.parse(spec.env.PROCGUARD_PLANNED_AT ?? '');
  expect(spec.env.PROCGUARD_SCHEDULE).toBe('ticking');
  expect(await here.job(id)).toMatchObject({ schedule: { name: 'ticking', planned_at_ms: plannedAtMs } });
  await until('a time to be skipped', DEADLINE_MS, async () => (await view('ticking')).skipped > 0);
  expect(await view('ticking')).toMatchObject({ submitted: 1, open_jobs: [id], left_out: { why: expect.any(String) } });
  await send('POST', '/ticking/pause');
  await here.ended(id, 3);
  expect(await view('ticking')).toMatchObject({
    state: 'paused',
    next_at_ms: null,
    next_times_ms: [],
    open_jobs: [],
    last: { job_id: id, state: 'failed', exit_code: 3, why: 'exit code 3' },
  });
  const metrics = (await here.manager.get('/metrics')).text;
  expect(metrics).toMatch(/^procguard_schedule_firings_total\{outcome="submitted"\} 1$/m);
  expect(metrics).toMatch(/^procguard_schedule_firings_total\{outcome="skipped"\} [1-9]/m);
  expect(metrics).toMatch(/^procguard_schedules\{state="paused"\} 1$/m);
  await send('DELETE', '/ticking');
  expect(await jobsOf('ticking')).toHaveLength(1);
});

test('is run by hand, also paused; one that skips is refused while its job is not over', async () => {
  await made('by-hand', { enabled: false });
  const { body } = await send('POST', '/by-hand/run');
  const { job_id: id } = body as { job_id: string };
  expect(await jobsOf('by-hand')).toMatchObject([{ job_id: id }]);
  expect(await send('POST', '/by-hand/run')).toMatchObject({ status: 409, body: { code: 'job_state' } });
  await here.begun(id);
  await here.ended(id);
  expect((await send('POST', '/by-hand/resume')).body).toMatchObject({ schedule: { state: 'active' } });
  expect((await send('POST', '/nobody/run')).body).toMatchObject({ code: 'unknown_schedule' });
});

test('is there after a restart, with its secrets, which are on no disk as they are', async () => {
  const first = await managerHere();
  const { dataDir } = first;
  const job = {
    command: 'x',
    env: { API_KEY: 'unlikely-words-1', PLAIN_DSN: 'unlikely-words-2' },
    secrets: ['PLAIN_DSN'],
  };
  await send('POST', '', { name: 'kept', ...YEARLY, job }, first);
  await send('POST', '/kept/pause', undefined, first);
  await first.stop('keep');
  for (const file of readdirSync(dataDir, { recursive: true, withFileTypes: true }))
    if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain('unlikely-words');
  const second = await managerHere({ dataDir });
  const launcher = await JobsHere.launcher(second, 'w1', { slots: 1 });
  const again = new JobsHere(second, launcher);
  const shown = (await send('GET', '/kept', undefined, second)).body as ScheduleView;
  expect(shown).toMatchObject({ state: 'paused', job: { env: { API_KEY: '********', PLAIN_DSN: '********' } } });
  // What is shown can be given back: the masks mean what is there.
  expect((await send('PUT', '/kept', { ...YEARLY, job: shown.job }, second)).status).toBe(200);
  const { body } = await send('POST', '/kept/run', undefined, second);
  expect((await again.given((body as { job_id: string }).job_id)).spec.env).toMatchObject(job.env);
  await again.close();
});

test('a mask that stands for nothing is refused', async () => {
  const asked = { name: 'masked', ...YEARLY, job: { command: 'x', env: { API_KEY: '********' } } };
  expect((await send('POST', '', asked)).body).toMatchObject({
    code: 'bad_request',
    error: 'job.env: API_KEY is ********, which means the value of schedule masked, and there is none; give its value',
  });
});
