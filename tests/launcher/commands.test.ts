/** Definitions and orders of the manager, and how a launcher meets one that refuses it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { TinyManager, useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

test('define brings a process and starts it; supersede stops it, forgets it, and leaves nothing on the disk', async () => {
  const manager = await managerOf();
  const { dataDir } = startLauncher(world, { managerUrl: manager.url });
  await until('the connection', 30_000, () => manager.syncs.length > 0);
  const spec = { name: 'p', command: ['sleep', '1000'] };
  manager.send({ kind: 'define', id: 'd1', spec, start: true, by: 'FailureHandler', why: 'w9 is lost' } as never);
  const started = await manager.answer('d1');
  const pid = await manager.running('p');
  expect(started).toMatchObject({ ok: true, message: `running, pid ${pid}` });
  expect(manager.report('p')?.state.why).toBe('started by FailureHandler: w9 is lost');

  manager.send({ kind: 'supersede', id: 's1', process: 'p', by: 'FailureHandler', why: 'w9 is back' } as never);
  expect(await manager.answer('s1')).toMatchObject({ ok: true, certificate: { left: [] } });
  expect(isAlive(pid)).toBe(false);
  await until('the word', 30_000, () =>
    manager.facts.some((fact) => fact.kind === 'process.removed' && fact.process === 'p'),
  );
  await until('an empty disk', 30_000, () => !existsSync(join(dataDir, 'processes/p')));
  manager.send({ kind: 'supersede', id: 's2', process: 'p', by: 'x', why: '' } as never);
  expect(await manager.answer('s2')).toMatchObject({ ok: true, message: 'it was not here' });
});

test('a changed command line is taken, and what runs keeps running until it is restarted', async () => {
  const manager = await managerOf();
  const first = startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'sleep 1001'] });
  const pid = await manager.running('w1');
  await first.program.end();
  const second = first.again(['--auto-start', '--command', 'sleep 1002']);
  await until('the second', 30_000, () => manager.syncs.length >= 2);
  await until('the log to say so', 30_000, () =>
    second.program.output.includes('the definition of w1 changed (now: sleep 1002)'),
  );
  expect(manager.syncs[1]?.processes[0]).toMatchObject({
    spec: { command: 'sleep 1002' },
    report: { state: { kind: 'running', identity: { pid } } },
  });
});

test('a manager that comes later is found; the process does not wait for it', async () => {
  const early = await TinyManager.start();
  const { port } = early;
  await early.close();
  const { program } = startLauncher(world, {
    managerUrl: `http://127.0.0.1:${port}`,
    flags: ['--auto-start', '--command', 'sleep 1000'],
  });
  await until('the child', 30_000, () => program.output.includes('w1: running, pid'));
  await until('a word on the manager', 30_000, () => program.output.includes(`no manager at http://127.0.0.1:${port}`));
  const manager = await TinyManager.start(port);
  world.afterwards(() => manager.close());
  await manager.running('w1');
});

test('a refusal that cannot change ends the program with its sentence; one that can does not', async () => {
  const manager = await managerOf();
  manager.refusal = { status: 503, body: { success: false, error: 'shutting down', code: 'shutting_down' } };
  const { program } = startLauncher(world, { managerUrl: manager.url });
  await until('two tries', 30_000, () => manager.registrations >= 2);
  manager.refusal = { status: 409, body: { success: false, error: 'w1 is another machine', code: 'worker_taken' } };
  expect(await program.ended).toEqual({ code: 1, signal: null });
  expect(program.output).toContain(`the manager at ${manager.url} refused this worker: w1 is another machine`);
});

test('after a first acceptance no refusal ends it', async () => {
  const manager = await managerOf();
  const { program } = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'sleep 1000'],
  });
  await manager.running('w1');
  manager.knows.clear();
  manager.refusal = { status: 409, body: { success: false, error: 'no', code: 'worker_taken' } };
  const before = manager.registrations;
  manager.cut();
  await until('it to ask again', 30_000, () => manager.registrations > before);
  manager.refusal = null;
  await until('it to be back', 30_000, () => manager.isConnected && manager.syncs.length >= 2);
  expect(program.isRunning).toBe(true);
});

test('a mistake on the command line is a sentence and exit code 2', async () => {
  const { program } = startLauncher(world, { managerUrl: 'nonsense' });
  expect(await program.ended).toEqual({ code: 2, signal: null });
  expect(program.output).toContain('--manager-url "nonsense" is not understood');
});

test('facts that were not acknowledged are told again after a reconnect', async () => {
  const manager = await managerOf();
  manager.acknowledges = false;
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'true'] });
  await until('the end', 30_000, () => manager.ended('w1').length >= 1);
  manager.cut();
  await until('the end again', 30_000, () => manager.ended('w1').length >= 2);
  expect(manager.ended('w1')[1]).toEqual(manager.ended('w1')[0]);
});
