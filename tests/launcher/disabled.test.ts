/** Disabled: down, and kept down, whatever would start it. */
import { join } from 'node:path';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager, type TinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

interface Kept {
  readonly manager: TinyManager;
  readonly launcher: StartedLauncher;
  /** How often it was born. */
  births(): number;
  /** When it was for the last time, in ms. */
  lastBirthMs(): number;
}

/** A process `w1` that notes each of its births. */
async function keep(): Promise<Kept> {
  const manager = await managerOf();
  const dir = world.directory();
  const command = 'date +%s%3N >> births; exec sleep 1000';
  const flags = ['--auto-start', '--working-dir', dir, '--command', command];
  const launcher = startLauncher(world, { managerUrl: manager.url, flags });
  await manager.running('w1');
  const born = (): string[] => textIn(join(dir, 'births')).split('\n').slice(0, -1);
  const births = (): number => born().length;
  await until('its note', 30_000, () => births() === 1);
  return { manager, launcher, births, lastBirthMs: () => Number(born().at(-1)) };
}

const DISABLE = { kind: 'disable', process: 'w1', untilMs: null, by: 'ana', why: 'disk swap' } as const;
const ENABLE = { kind: 'enable', process: 'w1', by: 'ana' } as const;
const REFUSED = 'not started: disabled by ana: disk swap, until it is enabled';

test('it is stopped and verified, a start is refused, and kill -9 and --auto-start change nothing; enabled, it runs again', async () => {
  const { manager, launcher, births } = await keep();
  expect(await manager.order(DISABLE)).toMatchObject({ ok: true, certificate: { left: [] } });
  expect(await manager.control({ process: 'w1', verb: 'start' })).toMatchObject({ ok: false, message: REFUSED });
  await launcher.program.end('SIGKILL');
  const syncs = manager.syncs.length;
  launcher.again();
  const sync = await until('the connection', 30_000, () => manager.syncs[syncs]);
  expect(sync.processes[0]?.report).toMatchObject({
    desired: 'running',
    disabled: { by: 'ana', reason: 'disk swap', untilMs: null },
    state: { kind: 'stopped', why: 'disabled by ana: disk swap, until it is enabled' },
  });
  expect(await manager.control({ process: 'w1', verb: 'restart' })).toMatchObject({ ok: false, message: REFUSED });
  expect(births()).toBe(1);
  expect(await manager.order(ENABLE)).toMatchObject({ ok: true });
  expect(manager.report('w1')).toMatchObject({ disabled: null, state: { kind: 'running', why: 'enabled by ana' } });
  await until('its note', 30_000, () => births() === 2);
});

test('its time ends by itself, without the manager, also when the launcher was ended meanwhile', async () => {
  const { manager, launcher, births, lastBirthMs } = await keep();
  const untilMs = Date.now() + 6_000;
  expect(await manager.order({ ...DISABLE, untilMs })).toMatchObject({ ok: true, certificate: { left: [] } });
  await manager.close();
  await launcher.program.end('SIGKILL');
  launcher.again();
  await until('it to be born again', 30_000, () => births() === 2);
  expect(lastBirthMs()).toBeGreaterThanOrEqual(untilMs);
});

test('what was stopped as well stays stopped when it is enabled', async () => {
  const { manager, births } = await keep();
  await manager.order(DISABLE);
  expect(await manager.control({ process: 'w1', verb: 'stop' })).toMatchObject({ ok: true });
  expect(await manager.order(ENABLE)).toMatchObject({ message: 'enabled; it stays stopped, as was asked' });
  expect(manager.report('w1')).toMatchObject({ desired: 'stopped', disabled: null, state: { kind: 'stopped' } });
  expect(births()).toBe(1);
});

test('--stop-all leaves the wish of what is disabled alone', async () => {
  const { manager, launcher, births } = await keep();
  await manager.order(DISABLE);
  expect(await launcher.stopAll()).toMatchObject({ code: 0 });
  await launcher.program.ended;
  const syncs = manager.syncs.length;
  launcher.again();
  await until('the connection', 30_000, () => manager.syncs[syncs]);
  expect(manager.report('w1')).toMatchObject({ desired: 'running', state: { kind: 'stopped' } });
  expect(births()).toBe(1);
  expect(await manager.order(ENABLE)).toMatchObject({ ok: true });
  await manager.running('w1');
});
