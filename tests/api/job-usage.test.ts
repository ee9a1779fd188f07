/** What an attempt uses, over HTTP: while it runs, after its end, and not any more when its job is forgotten. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { attemptProcess, type AttemptId } from '../../protocol/jobs';
import { MachineUsage, ProcessUsage } from '../../protocol/link';
import { RUN } from '../harness/launcher-words';
import { until } from '../harness/until';
import { JobsHere } from './jobs-here';

let here: JobsHere;
beforeEach(async () => (here = await JobsHere.open({ slots: 1 })));
afterEach(() => here.close());

const DEADLINE_MS = 30_000;
const MIB = 2 ** 20;
const machine = MachineUsage.parse({ cpus: 4, cpu: 0.5, memoryTotalBytes: 9, memoryAvailableBytes: 4, load1: 1 });
function beat(attempt: AttemptId, cpu: number, rssBytes: number): void {
  const name = attemptProcess(attempt);
  const figures = { processes: 1, zombie: null, healthy: null, healthError: null };
  const usage = [ProcessUsage.parse({ name, run: RUN, cpu, rssBytes, ...figures })];
  here.launcher.say('beat', { atMs: Date.now(), machine, usage, gone: [] });
}

test('its figures, its totals, and nothing of what its worker says after its end', async () => {
  const id = await here.submit({ command: 'x' });
  const attempt = await here.begun(id);
  beat(attempt, 0.5, 3 * MIB);
  beat(attempt, 0.5, 2 * MIB);
  await until('both to be heard', DEADLINE_MS, async () => (await here.job(id)).tries[0]?.usage?.rss_bytes === 2 * MIB);
  expect((await here.job(id)).tries[0]).toMatchObject({
    usage: { cpu: 0.5, rss_bytes: 2 * MIB },
    total: { max_rss_bytes: 3 * MIB, max_gpu_memory_bytes: null },
  });
  await here.ended(id, 0);
  beat(attempt, 8, 900 * MIB);
  // What is told behind it is heard behind it.
  await here.begun(await here.submit({ command: 'y' }));
  const [ended] = (await here.job(id)).tries;
  expect(ended).toMatchObject({ usage: null, total: { max_rss_bytes: 3 * MIB } });
  const livedMs = (ended?.ended_at_ms ?? 0) - (ended?.started_at_ms ?? 0);
  expect(ended?.total?.cpu_seconds).toBeLessThanOrEqual((0.5 * livedMs) / 1000);
  const span = `since=${new Date(ended?.started_at_ms ?? 0).toISOString()}&until=${new Date(ended?.ended_at_ms ?? 0).toISOString()}`;
  const { body } = await here.manager.get(`/api/usage/processes/w1?process=${attemptProcess(attempt)}&${span}`);
  expect(Math.max(...(body.figures.memory.peak as number[]))).toBe(3 * MIB);
  expect((await here.manager.get(`/api/usage/processes/w1?process=job.nobody.1`)).status).toBe(404);
  const file = join(here.manager.dataDir, 'usage/processes/w1', attemptProcess(attempt));
  await until('its steps to be written', DEADLINE_MS, () => existsSync(file));
  await here.manager.post('/api/queue/cleanup?days=0', {});
  await until('its steps to be forgotten', DEADLINE_MS, () => !existsSync(file));
});
