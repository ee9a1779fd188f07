/** What a ready probe means for a start, and what a failed probe means for a run; the probes themselves are tested elsewhere. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager, type TinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

interface Kept {
  readonly manager: TinyManager;
  readonly launcher: StartedLauncher;
  /** Makes a file that programs and probes look for. */
  sign(name: string): void;
  /** The command that starts it; its answer may be waited for. */
  start(): string;
}

async function keep(command: string, change: object): Promise<Kept> {
  const manager = await managerOf();
  const dir = world.directory();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await until('the connection', 30_000, () => manager.syncs.length > 0);
  const spec = { name: 'p', command, workingDir: dir, restart: { delayMs: 0, maxRestarts: 2 }, ...change };
  expect(await manager.order({ kind: 'define', spec, start: false })).toMatchObject({ ok: true });
  return {
    manager,
    launcher,
    sign: (name) => writeFileSync(join(dir, name), ''),
    start: () => manager.begin({ kind: 'control', process: 'p', verb: 'start' }),
  };
}

const ready = (withinMs: number) => ({ check: { kind: 'exec', command: 'test -e up' }, intervalMs: 100, withinMs });
const alive = [
  { check: { kind: 'exec', command: 'test ! -e ill' }, intervalMs: 100, timeoutMs: 20_000, failuresMax: 1 },
];
const FOR_EVER = 'exec sleep 1000';
/** Obeys SIGTERM with exit code 0, from its word on. */
const POLITE = `trap 'exit 0' TERM; echo up; while :; do sleep 0.02; done`;

test('a start is answered when it is ready, also by a launcher that came after the one that was asked', async () => {
  const { manager, launcher, sign, start } = await keep(FOR_EVER, { ready: ready(60_000) });
  const answer = start();
  const pid = await manager.running('p');
  expect(manager.report('p')?.state).toMatchObject({ readyAtMs: null });
  await launcher.program.end('SIGKILL');
  const syncs = manager.syncs.length;
  launcher.again();
  await until('the connection', 30_000, () => manager.syncs[syncs]);
  expect(manager.report('p')?.state).toMatchObject({ kind: 'running', readyAtMs: null, identity: { pid } });
  sign('up');
  const { ok, message } = await manager.answer(answer);
  expect({ ok, message }).toEqual({ ok: true, message: expect.stringMatching(/^ready after \d+\.\d s, pid \d+$/) });
  expect(message).toContain(`pid ${pid}`);
});

test('one that ends before it is ready answers no, with the reason, and its restart goes on', async () => {
  const { manager, start } = await keep('exit 7', { ready: ready(60_000), restart: { delayMs: 60_000, jitter: 0 } });
  expect(await manager.answer(start())).toMatchObject({
    ok: false,
    message: 'not ready: exit code 7; restart 1 of 10 in 60 s',
  });
  await manager.inState('p', 'backoff');
});

test('one that is never ready fails for good when the budget is spent', async () => {
  const { manager, start } = await keep(POLITE, { ready: ready(200) });
  expect(await manager.answer(start())).toMatchObject({ ok: false, message: expect.stringContaining('not ready') });
  const { why } = await manager.inState('p', 'failed');
  expect(why).toContain('is the limit (max_restarts 2)');
  await until('all three ends', 30_000, () => manager.ended('p').length >= 3);
  const causes = manager.ended('p').map(({ exit }) => exit.cause?.kind);
  expect(causes).toEqual(['probe', 'probe', 'probe']);
});

test.each(['always', 'on-failure', 'never'])(
  'ended for a failed probe it failed, also with exit code 0: %s',
  async (when) => {
    const { manager, sign, start } = await keep(POLITE, { alive, restart: { when, delayMs: 60_000 } });
    await manager.answer(start());
    await until('its word', 30_000, () => manager.textOf().includes('up'));
    sign('ill');
    const state = await manager.inState('p', when === 'never' ? 'failed' : 'backoff');
    expect(state.exit).toMatchObject({ exitCode: 0, cause: { kind: 'probe' } });
    expect(state.why).toContain('exec test ! -e ill');
    const end = await until('its end', 30_000, () => manager.ended('p')[0]);
    expect(end).toMatchObject({ exit: { cause: { kind: 'probe' } }, certificate: { left: [] } });
    expect(manager.report('p')).toMatchObject({ desired: 'running' });
  },
);

test('a launcher killed while it ends an unwell run is followed by one that knows why', async () => {
  const slowly = `trap 'echo asked; until [ -e enough ]; do sleep 0.02; done; exit 0' TERM; echo up; while :; do sleep 0.02; done`;
  const change = { alive, restart: { delayMs: 60_000 }, stop: { graceMs: 60_000 } };
  const { manager, launcher, sign, start } = await keep(slowly, change);
  await manager.answer(start());
  await until('it to be up', 30_000, () => manager.textOf().includes('up'));
  sign('ill');
  await manager.inState('p', 'stopping');
  await until('its word', 30_000, () => manager.textOf().includes('asked'));
  await launcher.program.end('SIGKILL');
  launcher.again();
  sign('enough');
  expect(await manager.inState('p', 'backoff')).toMatchObject({ exit: { exitCode: 0, cause: { kind: 'probe' } } });
});
