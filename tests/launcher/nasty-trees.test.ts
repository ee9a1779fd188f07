/** DESIGN promise 3: stop means gone, with and without cgroups. */
import { resolve } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { findMarked } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const nasty = resolve('tests/fixtures/nasty-tree.sh');
const others = (): string[] =>
  findMarked(world.id).flatMap(({ command }) => (command.includes('launcher.js') ? [] : [command]));

describe.each(['cgroup', 'proc-scan'])('with %s', (tree) => {
  test('deaf, double-forked, in sessions of their own: a stop leaves none, and the certificate names them', async () => {
    const manager = await managerOf();
    startLauncher(world, {
      managerUrl: manager.url,
      flags: ['--auto-start', '--tree', tree, '--stop-timeout', '0.5', '--command', nasty],
    });
    await manager.running('w1');
    await until('the tree', 10_000, () => manager.textOf().includes('ready'));
    await until('all of it', 10_000, () => others().filter((command) => command.includes('trap')).length >= 3);
    const { ok, certificate } = await manager.control({ process: 'w1', verb: 'stop' });
    expect(ok).toBe(true);
    expect(certificate).toMatchObject({ left: [], verifiedBy: tree, exit: { signal: 'SIGKILL' } });
    expect(certificate?.signals[0]?.signal).toBe('SIGTERM');
    expect(certificate?.signals.some(({ signal }) => signal === 'SIGKILL')).toBe(true);
    expect(certificate?.seen.length).toBeGreaterThanOrEqual(4);
    await until('nobody', 1_000, () => others().length === 0);
  });

  test('a fork bomb is ended', async () => {
    const manager = await managerOf();
    // Bounded by itself: 40 at once, for ever.
    const bomb = 'b() { while :; do sleep 0.05 & sleep 0.01; (sleep 0.2 &); done; }; b & b & b & b & wait';
    startLauncher(world, {
      managerUrl: manager.url,
      flags: ['--auto-start', '--tree', tree, '--stop-timeout', '0', '--command', bomb],
    });
    await manager.running('w1');
    await until('a crowd', 10_000, () => others().length > 20);
    expect(await manager.control({ process: 'w1', verb: 'stop' })).toMatchObject({
      ok: true,
      certificate: { left: [] },
    });
    expect(others()).toEqual([]);
  });

  test('a stopped (SIGSTOP) child still hears the stop', async () => {
    const manager = await managerOf();
    startLauncher(world, {
      managerUrl: manager.url,
      flags: ['--auto-start', '--tree', tree, '--command', 'sleep 1000'],
    });
    process.kill(await manager.running('w1'), 'SIGSTOP');
    const { certificate } = await manager.control({ process: 'w1', verb: 'stop' });
    expect(certificate).toMatchObject({ left: [], exit: { signal: 'SIGTERM' } });
  });
});

test('kill does not wait for the grace', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--stop-timeout', '60', '--command', nasty],
  });
  await until('the tree', 10_000, () => manager.textOf().includes('ready'));
  const { certificate } = await manager.control({ process: 'w1', verb: 'kill' }, 5_000);
  expect(certificate?.signals.map(({ signal }) => signal)).not.toContain('SIGTERM');
  expect(manager.report('w1')).toMatchObject({ desired: 'stopped', state: { kind: 'stopped' } });
});
