/** A restart that goes through many, a few at a time, and ends where it goes wrong. */
import { rmSync, writeFileSync } from 'node:fs';
import type { BatchReply } from '../../protocol/http';
import type { ProcessView } from '../../protocol/views';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();

test('restart --rolling goes on when each is ready, and the first failure leaves the rest alone', async () => {
  const manager = await StartedManager.start(world);
  startLauncher(world, { managerUrl: manager.url });
  await until('w1', 30_000, async () => (await manager.worker('w1'))?.state === 'idle');
  const dir = world.directory();
  const post = async <T>(path: string, body: object): Promise<T> =>
    (await (await fetch(manager.url + path, { method: 'POST', body: JSON.stringify(body) })).json()) as T;
  const views = async (): Promise<ProcessView[]> =>
    (await manager.get<{ processes: ProcessView[] }>('/api/workers/w1/processes')).processes;
  const names = ['p1', 'p2', 'p3', 'p4', 'p5'];
  for (const name of names) writeFileSync(`${dir}/${name}`, '');
  // Whose file is gone ends; the others are ready a while after they came up.
  const processes = names.map((name) => ({
    name,
    worker: 'w1',
    command: `[ -e ${dir}/${name} ] || exit 7; sleep 0.3; echo accepting; exec sleep 1000`,
    ready: { log: 'accepting' },
    restart_policy: 'never',
  }));
  expect(await post('/api/apply', { set: 's', processes })).toMatchObject({ success: true });
  const before = await views();

  const whole = await post<BatchReply>('/api/batch', { selector: 'p*', command: 'restart', rolling: 2 });
  expect(whole).toMatchObject({ success: true, matched: 5 });
  const born = (await views()).map(({ started_at_ms: at }) => at!);
  // Each pair is ready before the next one is touched.
  expect(Math.min(born[2]!, born[3]!) - Math.max(born[0]!, born[1]!)).toBeGreaterThanOrEqual(300);
  expect(born[4]! - Math.max(born[2]!, born[3]!)).toBeGreaterThanOrEqual(300);
  const between = await views();
  expect(between.map(({ run_id: run }, i) => run === before[i]!.run_id)).toEqual(names.map(() => false));

  rmSync(`${dir}/p3`);
  const { success, results } = await post<BatchReply>('/api/batch', { selector: 'p*', command: 'restart', rolling: 1 });
  expect(success).toBe(false);
  expect(results.map(({ ok }) => ok)).toEqual([true, true, false, false, false]);
  expect(results[2]!.message).toMatch(/exit code 7/);
  expect(results[3]!.message).toBe('not touched: w1/p3 failed before it');
  const after = await views();
  expect(after.map(({ run_id: run }, i) => run === between[i]!.run_id)).toEqual([false, false, false, true, true]);
});
