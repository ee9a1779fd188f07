/** `dependsOn`: what is held back, until when, over which deaths, and in which order everything ends. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunId } from '../../protocol/ids';
import { LAUNCHER, startLauncher, type StartedLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager, type TinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

interface Worker {
  readonly manager: TinyManager;
  readonly launcher: StartedLauncher;
  readonly dir: string;
  /** Makes a file that programs look for. */
  sign(name: string): void;
  /** Gives the worker a process, not started. */
  define(name: string, command: string, change?: object): Promise<void>;
}

async function work(): Promise<Worker> {
  const manager = await managerOf();
  const dir = world.directory();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await until('the connection', 30_000, () => manager.syncs.length > 0);
  return {
    manager,
    launcher,
    dir,
    sign: (name) => writeFileSync(join(dir, name), ''),
    define: async (name, command, change = {}) => {
      const spec = { name, command, workingDir: dir, restart: { delayMs: 0 }, ...change };
      expect(await manager.order({ kind: 'define', spec, start: false })).toMatchObject({ ok: true });
    },
  };
}

const AWAIT = (file: string): string => `until [ -e ${file} ]; do sleep 0.02; done`;
const FOR_EVER = 'exec sleep 1000';

describe('a condition', () => {
  test('started: the dependent waits, says for what, and is born when the other one runs', async () => {
    const { manager, define } = await work();
    await define('db', FOR_EVER);
    await define('web', FOR_EVER, { dependsOn: { db: 'started' } });
    const answer = manager.begin({ kind: 'control', process: 'web', verb: 'start' });
    const { on, why } = await manager.inState('web', 'waiting');
    expect(on).toEqual([{ key: 'w1/db', condition: 'started', is: 'stopped: not started yet' }]);
    expect(why).toBe('waiting for w1/db to be started (stopped: not started yet); started by test');
    await manager.control({ process: 'db', verb: 'start' });
    const pid = await manager.running('web');
    expect(await manager.answer(answer)).toMatchObject({ ok: true, message: `running, pid ${pid}` });
    // A condition is about births: an end later stops nobody.
    await manager.control({ process: 'db', verb: 'stop' });
    expect(await manager.control({ process: 'web', verb: 'start' })).toMatchObject({
      message: `already running, pid ${pid}`,
    });
  });

  test('ready: running is not enough', async () => {
    const { manager, define, sign } = await work();
    const ready = { check: { kind: 'exec', command: 'test -e up' }, intervalMs: 100 };
    await define('db', FOR_EVER, { ready });
    await define('web', FOR_EVER, { dependsOn: { db: 'ready' } });
    manager.begin({ kind: 'control', process: 'web', verb: 'start' });
    manager.begin({ kind: 'control', process: 'db', verb: 'start' });
    await manager.inState('web', 'waiting', ({ on }) => on[0]?.is === 'running, not ready yet');
    sign('up');
    await manager.running('web');
  });

  test('completed: ended with exit code 0, and with no other', async () => {
    const { manager, define, sign } = await work();
    await define('setup', `${AWAIT('go')}; [ -e good ] || exit 7`, { restart: { when: 'never' } });
    await define('web', FOR_EVER, { dependsOn: { setup: 'completed' } });
    manager.begin({ kind: 'control', process: 'web', verb: 'start' });
    await manager.control({ process: 'setup', verb: 'start' });
    await manager.inState('web', 'waiting', ({ on }) => on[0]?.is === 'running');
    sign('go');
    await manager.inState('web', 'waiting', ({ on }) => on[0]?.is.startsWith('failed: exit code 7') === true);
    sign('good');
    manager.begin({ kind: 'control', process: 'setup', verb: 'start' });
    await manager.running('web');
  });

  test('on a process of another worker: not known until told', async () => {
    const { manager, define } = await work();
    await define('web', FOR_EVER, { dependsOn: { 'w2/db': 'ready' } });
    manager.begin({ kind: 'control', process: 'web', verb: 'start' });
    await manager.inState('web', 'waiting', ({ on }) => on[0]?.is === 'not known here');
    const stands = { started: true, ready: false, completed: false, is: 'running, not ready yet' };
    manager.tellStandings({ 'w2/db': stands });
    await manager.inState('web', 'waiting', ({ on }) => on[0]?.is === 'running, not ready yet');
    manager.tellStandings({ 'w2/db': { ...stands, ready: true, is: 'running' } });
    await manager.running('web');
  });
});

test('a crash whose restart has to wait is restarted when it may be, and counted once', async () => {
  const { manager, define, sign } = await work();
  await define('db', FOR_EVER);
  await define('web', `[ -e again ] && exec sleep 1000; ${AWAIT('again')}; exit 1`, { dependsOn: { db: 'started' } });
  await manager.control({ process: 'db', verb: 'start' });
  await manager.control({ process: 'web', verb: 'start' });
  await manager.control({ process: 'db', verb: 'stop' });
  sign('again');
  expect(await manager.inState('web', 'waiting')).toMatchObject({ exit: { exitCode: 1 } });
  expect(manager.report('web')).toMatchObject({ desired: 'running', restarts: 0 });
  await manager.control({ process: 'db', verb: 'start' });
  const { why } = await manager.inState('web', 'running');
  expect(why).toBe('restart 1 of 10, after exit code 1');
  expect(manager.report('web')).toMatchObject({ restarts: 1 });
});

test('three in a row are born in order, whoever is asked first, and end in the other', async () => {
  const { manager, define, launcher } = await work();
  const slowly = `trap 'sleep 0.2; exit 0' TERM; while :; do sleep 0.05; done`;
  await define('app', slowly, { dependsOn: { web: 'started' } });
  await define('web', slowly, { dependsOn: { db: 'started' } });
  await define('db', slowly);
  for (const process of ['app', 'web']) manager.begin({ kind: 'control', process, verb: 'start' });
  await manager.inState('app', 'waiting');
  await manager.control({ process: 'db', verb: 'start' });
  const runs: RunId[] = [];
  for (const process of ['db', 'web', 'app']) runs.push((await manager.inState(process, 'running')).run);
  expect([...runs].sort()).toEqual(runs); // run ids sort by birth

  expect(await launcher.stopAll()).toMatchObject({ code: 0 });
  await launcher.program.ended;
  const next = launcher.again();
  const ends = await until('the ends', 30_000, () => {
    const told = ['app', 'web', 'db'].map((process) => manager.ended(process)[0]?.certificate);
    return told.every((certificate) => certificate != null) && told;
  });
  const [app, web, db] = ends.map((end) => end);
  expect(app!.finishedAtMs).toBeLessThanOrEqual(web!.requestedAtMs);
  expect(web!.finishedAtMs).toBeLessThanOrEqual(db!.requestedAtMs);
  // What was wanted comes back, in order again.
  for (const process of ['db', 'web', 'app'])
    await manager.inState(process, 'running', ({ run }) => !runs.includes(run));
  await next.program.end();
});

test('what waits still waits after kill -9 of the launcher, and its asker is answered in the end', async () => {
  const { manager, define, launcher } = await work();
  await define('db', FOR_EVER);
  await define('web', FOR_EVER, { dependsOn: { db: 'started' } });
  const answer = manager.begin({ kind: 'control', process: 'web', verb: 'start' });
  await manager.inState('web', 'waiting');
  await launcher.program.end('SIGKILL');
  const syncs = manager.syncs.length;
  launcher.again();
  const sync = await until('the connection', 30_000, () => manager.syncs[syncs]);
  expect(sync.processes.find(({ spec }) => spec.name === 'web')?.report.state.kind).toBe('waiting');
  await manager.control({ process: 'db', verb: 'start' });
  await manager.running('web');
  expect(await manager.answer(answer)).toMatchObject({ ok: true });
});

describe('a circle', () => {
  const SENTENCE =
    'depends_on goes in a circle: w1/a -> w1/b -> w1/a; none of these could ever start, so take one of them out';

  test('is refused when the launcher starts, with the circle, and by --check', async () => {
    const file = join(world.directory(), 'processes.json');
    const specs = ['a', 'b'].map((name) => ({
      name,
      command: 'true',
      dependsOn: { [name === 'a' ? 'b' : 'a']: 'started' },
    }));
    writeFileSync(file, JSON.stringify(specs));
    const { program } = startLauncher(world, { managerUrl: 'http://127.0.0.1:9', flags: ['--processes', file] });
    expect(await program.ended).toMatchObject({ code: 2 });
    expect(program.output).toContain(SENTENCE);
    const check = world.start([process.execPath, LAUNCHER, '--check', '--worker-id', 'w1', '--processes', file]);
    expect(await check.ended).toMatchObject({ code: 2 });
    expect(check.output).toContain(SENTENCE);
  });

  test('is refused when the manager would close it', async () => {
    const { manager, define } = await work();
    await define('a', 'true', { dependsOn: { b: 'started' } });
    const spec = { name: 'b', command: 'true', dependsOn: { a: 'started' } };
    expect(await manager.order({ kind: 'define', spec, start: true })).toMatchObject({
      ok: false,
      message: `not defined: ${SENTENCE}`,
    });
  });
});
