/** Jobs that end while nobody hears it: what they ended as counts, and how long they ran is told as it was. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobView } from '../../protocol/job-views';
import type { SubmitReply } from '../../protocol/jobs-http';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 60_000;
/** So long nobody hears of its end: what is told too long is told longer by so much. */
const AWAY_MS = 4_000;

/** A job that notes by itself when it begins and ends, and ends when it is let go. */
async function begun(more: object = {}) {
  const manager = await StartedManager.start(world);
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--slots', '1'] });
  await until('w1 to take jobs', DEADLINE_MS, async () => (await manager.worker('w1'))?.slots === 1);
  const [trail, gate] = ['trail', 'gate'].map((name) => join(world.directory(), name)) as [string, string];
  const command = `date +%s%3N >> ${trail}; until test -e ${gate}; do sleep 0.02; done; date +%s%3N >> ${trail}`;
  const body = JSON.stringify({ command, needs: { worker: 'w1' }, ...more });
  const reply = await fetch(`${manager.url}/api/jobs`, { method: 'POST', body });
  const { job_id: id } = (await reply.json()) as SubmitReply;
  const job = (of = manager): Promise<JobView> => of.get<JobView>(`/api/jobs/${id}`);
  await until('it to run', DEADLINE_MS, async () => (await job()).state === 'running' && textIn(trail) !== '');
  const noted = (): number[] => textIn(trail).trim().split('\n').map(Number);
  const endUnheard = async (): Promise<void> => {
    writeFileSync(gate, '');
    await until('it to end', DEADLINE_MS, () => noted().length === 2);
    await until('that to be a while ago', DEADLINE_MS, () => Date.now() - (noted()[1] ?? Infinity) > AWAY_MS);
  };
  return { manager, launcher, job, noted, endUnheard };
}

function expectTrueTimes(
  { tries, started_at_ms: startedAtMs, ended_at_ms: endedAtMs }: JobView,
  noted: number[],
): void {
  const [from = NaN, to = NaN] = noted;
  const [ran, tried] = [(endedAtMs ?? NaN) - (startedAtMs ?? NaN), tries[0]];
  expect(ran - (to - from)).toBeGreaterThanOrEqual(0);
  expect(ran - (to - from)).toBeLessThan(AWAY_MS / 2);
  expect((tried?.ended_at_ms ?? NaN) - (tried?.started_at_ms ?? NaN)).toBe(ran);
}

test('its launcher is away for longer than it is trusted: failed, and completed once it is back', async () => {
  const { launcher, job, noted, endUnheard } = await begun({ trust: '2s' });
  await launcher.program.end('SIGKILL');
  const failed = await until('it to be given up', DEADLINE_MS, async () => {
    const now = await job();
    return now.state === 'failed' ? now : null;
  });
  expect(failed.why).toContain('lease expired');
  await endUnheard();
  launcher.again();
  const completed = await until('its result to count', DEADLINE_MS, async () => {
    const now = await job();
    return now.state === 'completed' ? now : null;
  });
  expect(completed).toMatchObject({ exit_code: 0, tries: [{ outcome: 'completed', exit_code: 0 }] });
  expectTrueTimes(completed, noted());
});

test('the same with a retry: its own result comes before another try is given to the worker that is back', async () => {
  const { launcher, job, noted, endUnheard } = await begun({ trust: '2s', retries: { max: 3, delay: '1s' } });
  await launcher.program.end('SIGKILL');
  await until('it to be queued again', DEADLINE_MS, async () => (await job()).state === 'queued');
  await endUnheard();
  launcher.again();
  const over = await until('its end', DEADLINE_MS, async () => {
    const now = await job();
    return now.state === 'completed' ? now : null;
  });
  expect(over.tries).toMatchObject([{ outcome: 'completed', exit_code: 0 }]);
  expect(noted()).toHaveLength(2);
});

test('the manager is away when it ends: it ran for as long as it ran', async () => {
  const { manager, job, noted, endUnheard } = await begun();
  await manager.program.end('SIGKILL');
  await endUnheard();
  const back = await manager.again();
  const over = await until('its end', DEADLINE_MS, async () => {
    const now = await job(back);
    return now.state === 'completed' ? now : null;
  });
  expectTrueTimes(over, noted());
});
