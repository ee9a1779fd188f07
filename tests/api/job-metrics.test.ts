/** The queue as Prometheus reads it, and the sample dashboard, which asks for nothing that is not told. */
import { readFileSync } from 'node:fs';
import { JobsHere } from './jobs-here';

let here: JobsHere;
beforeAll(async () => (here = await JobsHere.open({ slots: 1 })));
afterAll(() => here.close());

const metrics = async (): Promise<string> => (await here.manager.get('/metrics')).text;
const valueOf = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1) ?? NaN,
  );

test('jobs by state, slots, waits, runs and outcomes', async () => {
  const first = await here.submit({ command: 'x' });
  await here.submit({ command: 'y' });
  await here.begun(first);
  const during = await metrics();
  expect(valueOf(during, 'procguard_jobs{state="running"}')).toBe(1);
  expect(valueOf(during, 'procguard_jobs{state="queued"}')).toBe(1);
  expect(valueOf(during, 'procguard_job_slots{which="taken"}')).toBe(1);
  expect(valueOf(during, 'procguard_job_wait_seconds_count')).toBe(1);
  await here.ended(first, 7);
  const after = await metrics();
  expect(valueOf(after, 'procguard_jobs{state="failed"}')).toBe(1);
  expect(valueOf(after, 'procguard_job_attempts_total{outcome="failed"}')).toBe(1);
  expect(valueOf(after, 'procguard_job_attempts_total{outcome="completed"}')).toBe(0);
  expect(valueOf(after, 'procguard_job_run_seconds_count')).toBe(1);
  expect(valueOf(after, 'procguard_job_leases_expired_total')).toBe(0);
});

test('the sample dashboard asks for series that there are', async () => {
  const dashboard = JSON.parse(readFileSync('configs/grafana-jobs.json', 'utf8')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const told = await metrics();
  const asked = dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/procguard_\w+/g)));
  expect(asked.length).toBeGreaterThan(8);
  for (const series of new Set(asked)) expect(told).toContain(`# HELP ${series?.replace(/_bucket$/, '')} `);
});
