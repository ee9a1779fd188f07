/** --stop-all ends everything and wishes nothing: what was wanted comes back with the launcher, and not before. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { isAlive } from '../harness/leftovers';
import { StartedManager } from '../harness/manager';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

test('what ran is started by the next launcher, what was stopped is not; and stopping everything twice is no start', async () => {
  const manager = await StartedManager.start(world);
  const flags = ['--auto-start', '--command', 'sleep 1000'];
  const ran = startLauncher(world, { worker: 'ran', managerUrl: manager.url, flags });
  const stopped = startLauncher(world, { worker: 'stopped', managerUrl: manager.url, flags });
  for (const id of ['ran', 'stopped']) await manager.until('it to run', id, ({ state }) => state === 'running');
  await manager.command('stopped', 'stop');
  const { pid } = (await manager.process('ran'))!;
  for (const launcher of [ran, stopped, ran]) expect(await launcher.stopAll()).toMatchObject({ code: 0 });
  expect(isAlive(pid!)).toBe(false);
  for (const launcher of [ran, stopped]) {
    await launcher.program.ended;
    const next = launcher.again();
    await until('it to be connected', 30_000, () => next.program.output.includes('connected'));
  }
  const again = await manager.until(
    'it to run again',
    'ran',
    ({ state, pid: now }) => state === 'running' && now !== pid,
  );
  expect(again.why).toContain('it ran when everything was stopped');
  expect(await manager.process('stopped')).toMatchObject({ state: 'stopped', desired: 'stopped' });
});

describe('without a launcher, what is wanted and does not run is not started to be stopped', () => {
  /** A process `w1` that notes its births; its launcher is killed. */
  async function killed(command: string, flags: readonly string[] = []) {
    const manager = await managerOf();
    const dir = world.directory();
    const launcher = startLauncher(world, {
      managerUrl: manager.url,
      flags: ['--auto-start', '--working-dir', dir, ...flags, '--command', `echo born >> births; ${command}`],
    });
    const births = (): number => textIn(join(dir, 'births')).split('\n').length - 1;
    const pid = await manager.running('w1');
    await until('its note', 30_000, () => births() === 1);
    return { manager, launcher, dir, births, pid };
  }

  test('after a reboot', async () => {
    const { manager, launcher, births, pid } = await killed('exec sleep 1000');
    const run = manager.facts.find((fact) => fact.kind === 'run.started')?.run ?? '';
    const shim = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
    await launcher.program.end('SIGKILL');
    process.kill(shim, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await until('both to be gone', 30_000, () => !isAlive(shim) && !isAlive(pid));
    const birth = join(launcher.dataDir, 'processes/w1/runs', run, 'child');
    const [stat = '', , cgroup = ''] = readFileSync(birth, 'latin1').split('\n');
    writeFileSync(birth, [stat, '00000000-another-boot', cgroup, ''].join('\n'));
    expect(await launcher.stopAll()).toMatchObject({ code: 0 });
    expect(births()).toBe(1);
    launcher.again();
    await until('it to run again', 30_000, () => births() === 2);
  });

  test('while it waits to be restarted, and the time is over', async () => {
    const command = 'until [ -e end ]; do sleep 0.05; done; exit 1';
    const { manager, launcher, dir, births } = await killed(command, ['--restart-delay', '8']);
    writeFileSync(join(dir, 'end'), '');
    const { restartAtMs } = await manager.inState('w1', 'backoff');
    await launcher.program.end('SIGKILL');
    await until('the time to be over', 30_000, () => Date.now() > restartAtMs);
    expect(await launcher.stopAll()).toMatchObject({ code: 0 });
    expect(births()).toBe(1);
    launcher.again();
    await until('it to run again', 30_000, () => births() === 2);
  });
});
