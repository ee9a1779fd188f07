/** Crashes, budgets and stops, as the user of the API sees them. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();

test('a killed child runs again within 100 ms of the end of its backoff', async () => {
  const manager = await StartedManager.start(world);
  const command = `node -e 'console.log("born", Date.now()); setInterval(() => {}, 1e6)'`;
  // Healthy from birth: no delay is longer than the one before.
  const restart = { delayMs: 1000, healthyAfterMs: 0, jitter: 0 };
  const file = `${world.directory()}/processes.json`;
  writeFileSync(file, JSON.stringify([{ name: 'w1', command, autoStart: true, restart }]));
  startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  const lateMs: number[] = [];
  let kills = 0;
  // A machine that is busy may keep its launcher waiting; it does not do so each time. One may be missed on such a machine.
  for (; lateMs.length < 3; kills++) {
    const before = await manager.until(
      'it to run',
      'w1',
      ({ state, log_bytes: stored }) => state === 'running' && stored > 0,
    );
    process.kill(before.pid!, 'SIGKILL');
    const waiting = await manager.until('its end', 'w1', ({ run_id: run }) => run !== before.run_id);
    const after = await manager.until(
      'it to run again',
      'w1',
      ({ state, pid }) => state === 'running' && pid !== before.pid,
    );
    expect(after.restart_count).toBe(kills + 1);
    if (waiting.state !== 'backoff') continue;
    expect(waiting).toMatchObject({
      exit_code: null,
      signal: 'SIGKILL',
      why: expect.stringContaining('killed by SIGKILL') as string,
    });
    expect(after.started_at_ms!).toBeGreaterThanOrEqual(waiting.restart_at_ms! - 1);
    lateMs.push(after.started_at_ms! - waiting.restart_at_ms!);
  }
  expect(Math.min(...lateMs)).toBeLessThan(100);
  const { stats } = await manager.get<{ stats: { successful_recoveries: number } }>('/api/recovery');
  expect(stats.successful_recoveries).toBe(kills);
});

test('max_restarts crashes in the window end in failed, with the reason, and a start begins anew', async () => {
  const manager = await StartedManager.start(world);
  const flags = ['--auto-start', '--command', 'exit 3', '--restart-delay', '0.01', '--max-restarts', '3'];
  startLauncher(world, { managerUrl: manager.url, flags });
  const failed = await manager.until('it to fail', 'w1', ({ state }) => state === 'failed');
  expect(failed).toMatchObject({ exit_code: 3, restart_count: 3, desired: 'running' });
  expect(failed.why).toMatch(/exit code 3.*3 restarts.*max_restarts 3/);
  await manager.command('w1', 'start');
  await manager.until('it to fail again', 'w1', ({ state, restart_count: count }) => state === 'failed' && count === 6);
});

test('healthy lives reset the budget; the loop that follows them is braked all the same', async () => {
  const manager = await StartedManager.start(world);
  const dir = world.directory();
  // Three lives of 4 s, then only deaths. A life begins before its birth: one that had to wait for a core is longer.
  const command = `echo x >>${dir}/lives; [ $(wc -l <${dir}/lives) -gt 3 ] || sleep 4; exit 1`;
  const restart = { delayMs: 10, maxRestarts: 2, healthyAfterMs: 4000 };
  writeFileSync(`${dir}/processes.json`, JSON.stringify([{ name: 'w1', command, autoStart: true, restart }]));
  startLauncher(world, { managerUrl: manager.url, flags: ['--processes', `${dir}/processes.json`] });
  const failed = await manager.until('it to fail', 'w1', ({ state }) => state === 'failed', 60_000);
  expect(failed).toMatchObject({ restart_count: 4, why: expect.stringContaining('max_restarts 2') as string });
});

test('a clean exit is exited and no failure', async () => {
  const manager = await StartedManager.start(world);
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'echo done'] });
  expect(await manager.until('its end', 'w1', ({ state }) => state === 'exited')).toMatchObject({
    exit_code: 0,
    restart_count: 0,
  });
});

test('a tree that does everything to survive is gone after stop, and the reply says how that was verified', async () => {
  const manager = await StartedManager.start(world);
  const command = `sh ${resolve('tests/fixtures/nasty-tree.sh')}`;
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', command, '--stop-timeout', '0.3'],
  });
  await until('the tree to be up', 30_000, async () => (await manager.output('w1')).includes('ready'));
  const { success, certificate } = await manager.command('w1', 'stop');
  expect(success).toBe(true);
  expect(certificate!.left).toEqual([]);
  expect(certificate!.seen.length).toBeGreaterThanOrEqual(5);
  expect(certificate!.signals.map(({ signal }) => signal)).toEqual(expect.arrayContaining(['SIGTERM', 'SIGKILL']));
  expect(['cgroup', 'proc-scan']).toContain(certificate!.verifiedBy);
  // The world's own look for leftovers is the second opinion.
});

test('start, stop, restart and kill answer when it is so', async () => {
  const manager = await StartedManager.start(world);
  startLauncher(world, { managerUrl: manager.url, flags: ['--command', 'sleep 1000'] });
  await manager.until('it to be known', 'w1', ({ state }) => state === 'stopped');
  const stateAfter = async (verb: string) => {
    expect(await manager.command('w1', verb)).toMatchObject({ success: true, status: 'done' });
    return manager.process('w1');
  };
  const first = await stateAfter('start');
  expect(first).toMatchObject({ state: 'running', desired: 'running', restart_count: 0 });
  const second = await stateAfter('restart');
  expect(second).toMatchObject({ state: 'running', restart_count: 1 });
  expect(second!.pid).not.toBe(first!.pid);
  expect(await stateAfter('kill')).toMatchObject({ state: 'stopped', desired: 'stopped', signal: 'SIGKILL' });
  expect(await stateAfter('stop')).toMatchObject({ state: 'stopped' });
});
