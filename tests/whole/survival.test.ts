/** kill -9 of the manager, of the launcher, and of both, while a child writes without pause. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const NUMBERS = resolve('tests/fixtures/numbers-until.sh');
const DEADLINE_MS = 30_000;
/** Without pause; beyond them slowly, until it is told to end: it outlives what is done to the others. */
const COUNT = 1_000_000;
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Every number exactly once and in order, said without a million-line diff. */
function expectAllNumbers(output: string, count: number): void {
  const lines = output.split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.length).toBe(count);
  expect(lines.findIndex((line, i) => line !== String(i + 1))).toBe(-1);
}

test.each(['manager', 'launcher', 'both'] as const)(
  'killing the %s costs no line, and the same pid runs on',
  async (whom) => {
    let manager = await StartedManager.start(world);
    const end = `${world.directory()}/end`;
    let launcher = startLauncher(world, {
      managerUrl: manager.url,
      flags: ['--auto-start', '--command', `${NUMBERS} ${COUNT} ${end} 7`, '--restart-policy', 'never'],
    });
    const { pid } = await manager.until('it to run', 'w1', ({ state }) => state === 'running');
    for (let round = 0; round < 2; round++) {
      if (whom !== 'manager') await launcher.program.end('SIGKILL');
      if (whom !== 'launcher') await manager.program.end('SIGKILL');
      expect(isAlive(pid!)).toBe(true);
      if (whom !== 'launcher') manager = await manager.again();
      if (whom !== 'manager') launcher = launcher.again();
      const again = await manager.until(
        'it to be known again',
        'w1',
        ({ state }) => state !== 'unknown' && state !== 'starting',
      );
      if (again.state === 'running') expect(again.pid).toBe(pid);
    }
    writeFileSync(end, '');
    const ended = await manager.until('its end', 'w1', ({ state }) => state === 'failed', 180_000);
    expect(ended).toMatchObject({ exit_code: 7, restart_count: 0 });
    const count = Number(textIn(`${end}.written`));
    expect(count).toBeGreaterThanOrEqual(COUNT);
    const bytes = Array.from({ length: count }, (_, i) => String(i + 1).length + 1).reduce((a, b) => a + b);
    await manager.until('all of its output', 'w1', ({ log_bytes: stored }) => stored >= bytes, 180_000);
    expectAllNumbers(await manager.output('w1'), count);
  },
  600_000,
);

test('a child that ends while both are away has its true exit code and its last lines', async () => {
  const manager = await StartedManager.start(world);
  const go = `${world.directory()}/go`;
  const command = `echo first; until [ -e ${go} ]; do sleep 0.05; done; echo last; exit 42`;
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', command, '--restart-policy', 'never'],
  });
  const { pid } = await manager.until(
    'it to run',
    'w1',
    ({ state, log_bytes: stored }) => state === 'running' && stored > 0,
  );
  await launcher.program.end('SIGKILL');
  await manager.program.end('SIGKILL');
  writeFileSync(go, '');
  await until('it to end', DEADLINE_MS, () => !isAlive(pid!));
  const back = await manager.again();
  launcher.again();
  expect(await back.until('its end', 'w1', ({ state }) => state === 'failed')).toMatchObject({
    exit_code: 42,
    signal: null,
  });
  await until('its last line', DEADLINE_MS, async () => (await back.output('w1')) === 'first\nlast\n');
});

test('what was stopped stays stopped, and what ran while the launcher was away is not started twice', async () => {
  const manager = await StartedManager.start(world);
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'sleep 1000'],
  });
  await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  await manager.command('w1', 'stop');
  await launcher.program.end('SIGKILL');
  const next = launcher.again();
  await until(
    'it to be connected',
    DEADLINE_MS,
    async () => (await manager.worker('w1'))?.state === 'idle' && next.program.output.includes('connected'),
  );
  const again = await manager.until('it to be known again', 'w1', ({ state }) => state !== 'unknown');
  expect(again).toMatchObject({ state: 'stopped', desired: 'stopped', pid: null });
});
