/** Crash to restart, without the manager's help. */
import { startLauncher } from '../harness/launcher';
import { findMarked } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

test('a crash waits for the end of its backoff, then runs again; the count grows', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--restart-delay', '0.3', '--command', 'sleep 1000'],
  });
  const pid = await manager.running('w1');
  process.kill(pid, 'SIGKILL');
  const backoff = await until('the backoff', 30_000, () => {
    // It is over soon, and may never be the newest.
    return manager.states('w1').find((state) => state.kind === 'backoff');
  });
  expect(backoff).toMatchObject({ attempt: 1, exit: { signal: 'SIGKILL', exitCode: null } });
  expect(backoff.why).toMatch(/^killed by SIGKILL.*; restart 1 of 10 in 0.3 s$/);
  const again = await until('the restart', 30_000, () => {
    const state = manager.report('w1')?.state;
    return state?.kind === 'running' && state.identity.pid !== pid ? state : undefined;
  });
  expect(again.sinceMs).toBeGreaterThanOrEqual(backoff.restartAtMs);
  expect(manager.report('w1')).toMatchObject({ restarts: 1, restartsCounted: 1 });
});

test('a spent budget ends in failed, with the limit in the sentence', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--restart-delay', '0', '--max-restarts', '3', '--command', 'exit 9'],
  });
  const report = await until('it to be given up', 30_000, () => {
    const known = manager.report('w1');
    return known?.state.kind === 'failed' ? known : undefined;
  });
  expect(report.state.why).toBe('exit code 9; 3 restarts in the last 600 s is the limit (max_restarts 3)');
  expect(report).toMatchObject({ desired: 'running', restarts: 3, lastExit: { exitCode: 9 } });
  await until('all four ends', 30_000, () => manager.ended('w1').length === 4);
});

test('exit 0 is an end and no failure', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'true'] });
  await until('its end', 30_000, () => manager.report('w1')?.state.kind === 'exited');
  expect(manager.report('w1')).toMatchObject({ restarts: 0, lastExit: { exitCode: 0 } });
});

test('what the leader leaves behind is ended before the restart', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    flags: [
      '--auto-start',
      '--restart-policy',
      'never',
      '--command',
      'setsid sleep 4321 & until grep -q sleep /proc/$!/comm; do :; done; exit 5',
    ],
  });
  const ended = await until('its end', 30_000, () => manager.ended('w1')[0]);
  expect(ended.exit).toMatchObject({ exitCode: 5 });
  expect(ended.certificate).toMatchObject({ left: [], seen: [expect.objectContaining({ command: 'sleep' })] });
  expect(manager.states('w1').find(({ kind }) => kind === 'stopping')?.why).toBe(
    'exit code 5; ending 1 process it left behind',
  );
});

test('without delay the next shim waits already; it serves one run, may be killed, and goes with the launcher', async () => {
  const manager = await managerOf();
  const flags = ['--auto-start', '--restart-delay', '0', '--max-restarts', '100'];
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: [...flags, '--command', 'echo "$PROCGUARD_RUN_ID $WORKER_START_TIME"; exec sleep 1000'],
  });
  const shims = (): number[] =>
    findMarked(world.id).flatMap(({ pid, command }) => (command.includes('/shim-') ? [pid] : []));
  const crash = async (): Promise<void> => {
    const pid = await manager.running('w1');
    process.kill(pid, 'SIGKILL');
    await until('the next run', 30_000, () => {
      const state = manager.report('w1')?.state;
      return state?.kind === 'running' && state.identity.pid !== pid;
    });
  };
  await manager.running('w1');
  await until('a second shim', 30_000, () => shims().length === 2);
  await crash();
  const waiting = await until('a new one to wait', 30_000, () => shims().length === 2 && Math.max(...shims()));
  process.kill(waiting, 'SIGKILL');
  await until('it to be gone', 30_000, () => !shims().includes(waiting));
  await crash();
  await until('another one', 30_000, () => shims().length === 2);

  const runs = manager.facts.flatMap((fact) => (fact.kind === 'run.started' ? [fact.run] : []));
  expect(runs).toHaveLength(3);
  await until('all lines', 30_000, () => manager.output.size === 3);
  for (const run of runs) {
    const [cookie, bornAt] = manager.textOf(run).trim().split(' ');
    expect(cookie).toBe(run);
    expect(Math.abs(Number(bornAt) * 1000 - Number(run.slice(0, 13)))).toBeLessThan(1_000);
  }
  await launcher.program.end('SIGKILL');
  await until('only the shim of the run', 30_000, () => shims().length === 1);
});
