/** kill -9 of the manager and of the launcher, joined by ZeroMQ alone, while a child writes without pause. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gapText } from '../../protocol/gap-text';
import type { LogRunView, ProcessView } from '../../protocol/views';
import { startLauncher } from '../harness/launcher';
import { PROCGUARD, StartedManager } from '../harness/manager';
import { quietPort } from '../harness/quiet-port';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { CuttableRoad } from './cuttable-road';

const world = useWorld();
const NUMBERS = resolve('tests/fixtures/numbers-until.sh');
const DEADLINE_MS = 30_000;
/** Without pause; beyond them slowly, until the test has seen enough. */
const COUNT = 600_000;
const SETTING = 'PROCGUARD_COMMUNICATION_ADAPTER';

/** As a user makes them. */
async function keys(): Promise<{ env: Record<string, string>; flags: string[] }> {
  const dir = world.directory();
  const { code } = await world.start([process.execPath, PROCGUARD, 'keygen', `${dir}/key`]).ended;
  expect(code).toBe(0);
  const [publicKey, secretKey] = [`${dir}/key.public`, `${dir}/key.secret`];
  return {
    env: {
      [`${SETTING}_CONFIG_CURVE_PUBLIC_KEY_FILE`]: publicKey,
      [`${SETTING}_CONFIG_CURVE_SECRET_KEY_FILE`]: secretKey,
    },
    flags: ['--zmq-server-key', publicKey],
  };
}

test.each(['without keys', 'with keys'])(
  'costs no line, and the same pid runs on, %s',
  async (how) => {
    const { env, flags } = how === 'with keys' ? await keys() : { env: {}, flags: [] };
    const enough = join(world.directory(), 'enough');
    const port = await quietPort();
    let manager = await StartedManager.start(world, {
      env: { [`${SETTING}_TYPE`]: 'zmq', [`${SETTING}_CONFIG_PORT_BASE`]: String(port), ...env },
    });
    let launcher = startLauncher(world, {
      managerUrl: `zmq://127.0.0.1:${port}`,
      flags: ['--auto-start', '--command', `${NUMBERS} ${COUNT} ${enough} 7`, '--restart-policy', 'never', ...flags],
    });
    const { pid } = await manager.until('it to run', 'w1', ({ state }) => state === 'running');
    for (const whom of ['manager', 'launcher', 'both']) {
      if (whom !== 'manager') await launcher.program.end('SIGKILL');
      if (whom !== 'launcher') await manager.program.end('SIGKILL');
      expect(process.kill(pid!, 0)).toBe(true);
      if (whom !== 'launcher') manager = await manager.again();
      if (whom !== 'manager') launcher = launcher.again();
      // What is known of it may be from before; its output is not.
      const stored = (await manager.process('w1'))?.log_bytes ?? 0;
      const isBack = ({ state, log_bytes: bytes }: ProcessView): boolean => state === 'running' && bytes > stored;
      expect((await manager.until('more of it', 'w1', isBack, DEADLINE_MS)).pid).toBe(pid);
    }
    writeFileSync(enough, '');
    const ended = await manager.until('its end', 'w1', ({ state }) => state === 'failed', 180_000);
    expect(ended).toMatchObject({ exit_code: 7, restart_count: 0 });
    const count = Number(textIn(`${enough}.written`));
    expect(count).toBeGreaterThanOrEqual(COUNT);
    const bytes = Array.from({ length: count }, (_, i) => String(i + 1).length + 1).reduce((a, b) => a + b);
    await manager.until('all of its output', 'w1', ({ log_bytes: stored }) => stored >= bytes, 180_000);
    const lines = (await manager.output('w1')).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.length).toBe(count);
    expect(lines.findIndex((line, i) => line !== String(i + 1))).toBe(-1);
  },
  600_000,
);

test('a split run is shipped as two streams, and what is lost of one is told', async () => {
  const port = await quietPort();
  const manager = await StartedManager.start(world, {
    env: { [`${SETTING}_TYPE`]: 'zmq', [`${SETTING}_CONFIG_PORT_BASE`]: String(port) },
  });
  const dir = world.directory();
  const command = 'echo out; echo error >&2; while ! [ -e go ]; do sleep 0.01; done; echo more >&2; exec sleep 1000';
  const spec = { name: 'p', command, workingDir: dir, autoStart: true, output: 'split' };
  writeFileSync(join(dir, 'processes.json'), JSON.stringify([spec]));
  const flags = ['--processes', join(dir, 'processes.json')];
  const { dataDir } = startLauncher(world, { managerUrl: `zmq://127.0.0.1:${port}`, flags });
  const runOf = (stream: string): Promise<LogRunView | undefined> =>
    manager.get<{ runs?: LogRunView[] }>(`/api/logs/w1/p?stream=${stream}`).then(({ runs }) => runs?.[0]);
  await until(
    'both',
    DEADLINE_MS,
    async () => (await runOf('stdout'))?.bytes === 4 && (await runOf('stderr'))?.bytes === 6,
  );
  const { run_id: run = '' } = (await runOf('stderr')) ?? {};
  truncateSync(join(dataDir, 'processes/p/runs', run, 'errors'));
  const cut = await until('the gap', DEADLINE_MS, async () => (await runOf('stderr'))?.gaps?.[0]);
  expect(cut).toEqual({ from: 6, to: 6, reason: 'file-truncated' });
  writeFileSync(join(dir, 'go'), '');
  await until('more', DEADLINE_MS, async () => (await runOf('stderr'))?.bytes === 11);
  expect(await runOf('stdout')).toMatchObject({ bytes: 4 });
  const lines = await manager.get<{ lines: { text: string }[] }>('/api/workers/w1/logs?process=p&stream=stderr');
  expect(lines.lines.map(({ text }) => text)).toEqual(['error', gapText(cut), 'more']);
});

test('a line on which nothing is heard any more is given up and made anew, though no end of it was told', async () => {
  const base = await quietPort();
  const manager = await StartedManager.start(world, {
    env: { [`${SETTING}_TYPE`]: 'zmq', [`${SETTING}_CONFIG_PORT_BASE`]: String(base) },
  });
  const near = await quietPort();
  const roads = [await CuttableRoad.to(base, near), await CuttableRoad.to(base + 1, near + 1)];
  world.afterwards(async () => void (await Promise.all(roads.map((road) => road.close()))));
  const { program } = startLauncher(world, {
    managerUrl: `zmq://127.0.0.1:${near}`,
    flags: ['--auto-start', '--command', 'sleep 1000'],
  });
  await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  // The manager's answer to its first words is on the way still.
  const connections = (): number => program.output.split('connected to zmq://').length - 1;
  await until('it to be connected', DEADLINE_MS, () => connections() > 0);
  const before = connections();
  roads[0]?.hold();
  await until('it to be given up', 180_000, () => program.output.includes('nothing was heard for 12 s'));
  roads[0]?.release();
  // It may have begun one before the release, which it waits for in vain.
  await until('a new line', 180_000, () => connections() > before);
  expect((await manager.command('w1', 'stop')).success).toBe(true);
});
