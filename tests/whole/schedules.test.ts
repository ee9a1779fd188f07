/** Schedules through kill -9 of the manager: each planned time has one job or none, and the account is true. */
import type { JobRow } from '../../protocol/job-views';
import type { ScheduleView } from '../../protocol/schedules-http';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 60_000;

const send = ({ url }: StartedManager, method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${url}/api/schedules${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const view = (manager: StartedManager, name: string): Promise<ScheduleView> =>
  manager.get<ScheduleView>(`/api/schedules/${name}`);
const jobsOf = async (manager: StartedManager, name: string): Promise<JobRow[]> =>
  (await manager.get<{ jobs: JobRow[] }>(`/api/jobs?schedule=${name}&limit=1000`)).jobs;

const killed = async (manager: StartedManager): Promise<StartedManager> => {
  await manager.program.end('SIGKILL');
  return manager.again();
};

test('killed between times and in them: no time has two jobs, and each job is counted', async () => {
  let manager = await StartedManager.start(world);
  await send(manager, 'POST', '', { name: 'each', cron: '* * * * * *', overlap: 'allow', job: { command: 'true' } });
  for (let round = 0; round < 4; round++) {
    const before = (await view(manager, 'each')).submitted;
    await until('a job more', DEADLINE_MS, async () => (await view(manager, 'each')).submitted > before);
    // Into the next firing, each round a little later after a whole second.
    await until('the moment', DEADLINE_MS, () => Date.now() % 1000 < 20 + round * 15);
    manager = await killed(manager);
  }
  await send(manager, 'POST', '/each/pause');
  const [{ submitted, missed, last, created_at_ms: createdAtMs }, jobs] = [
    await view(manager, 'each'),
    await jobsOf(manager, 'each'),
  ];
  const planned = jobs.map(({ schedule }) => schedule?.planned_at_ms);
  expect(new Set(planned).size).toBe(planned.length);
  expect(submitted).toBe(jobs.length);
  expect(jobs[0]?.job_id).toBe(last?.job_id);
  // Each second since has its job, or is counted as missed.
  expect(submitted + missed).toBe((last?.planned_at_ms ?? 0) / 1000 - Math.floor(createdAtMs / 1000));
});

test('killed while it is run by hand: it was done or not, and the account says which', async () => {
  let manager = await StartedManager.start(world);
  await send(manager, 'POST', '', { name: 'hand', cron: '@yearly', overlap: 'allow', job: { command: 'true' } });
  for (let round = 0; round < 3; round++) {
    const asked = Array.from({ length: 20 }, () => send(manager, 'POST', '/hand/run').catch(() => null));
    const first = await Promise.race(asked);
    expect(first?.status).toBe(200);
    manager = await killed(manager);
    await Promise.all(asked);
  }
  expect((await view(manager, 'hand')).submitted).toBe((await jobsOf(manager, 'hand')).length);
});

test('times that went by while nobody was there for some seconds each have their job, and it runs', async () => {
  let manager = await StartedManager.start(world);
  startLauncher(world, { managerUrl: manager.url, flags: ['--slots', '1'] });
  await until('w1 to take jobs', DEADLINE_MS, async () => (await manager.worker('w1'))?.slots === 1);
  await send(manager, 'POST', '', {
    name: 'soon',
    cron: '*/2 * * * * *',
    overlap: 'allow',
    job: { command: 'echo $PROCGUARD_PLANNED_AT' },
  });
  const [first] = await until('its first job', DEADLINE_MS, async () => {
    const jobs = await jobsOf(manager, 'soon');
    return jobs.length > 0 ? jobs : null;
  });
  await manager.get(`/api/jobs/${first?.job_id}/wait?timeout=30`);
  await manager.program.end('SIGKILL');
  const killedAtMs = Date.now();
  await until('some of its times to go by', DEADLINE_MS, () => Date.now() - killedAtMs > 5000);
  manager = await manager.again();
  const againAtMs = Date.now();
  await until('a time after that', DEADLINE_MS, async () => {
    const { last } = await view(manager, 'soon');
    return last !== null && last.planned_at_ms > againAtMs;
  });
  await send(manager, 'POST', '/soon/pause');
  const jobs = await jobsOf(manager, 'soon');
  const planned = jobs.map(({ schedule }) => schedule?.planned_at_ms ?? 0).sort((a, b) => a - b);
  const [firstMs = 0] = planned;
  expect(planned).toEqual(planned.map((_, at) => firstMs + at * 2000));
  expect(await view(manager, 'soon')).toMatchObject({ submitted: planned.length, missed: 0 });
  for (const { job_id: id } of jobs) await manager.get(`/api/jobs/${id}/wait?timeout=30`);
  // The output is on a way of its own, and may be behind the end.
  const lines = await until('what it wrote', DEADLINE_MS, async () => {
    const log = await manager.get<{ lines: { text: string }[] }>(`/api/jobs/${first?.job_id}/logs`);
    return log.lines.length > 0 && log.lines;
  });
  expect(lines.map(({ text }) => Date.parse(text))).toEqual([first?.schedule?.planned_at_ms]);
});
