/** Commands by the API, answered with what the launcher says. The link itself: tests/links. */
import { managerHere, type ManagerHere } from './manager-here';
import { ScriptedLauncher } from './scripted-launcher';
import { running, stopped } from '../harness/launcher-words';

let manager: ManagerHere;
const launchers: ScriptedLauncher[] = [];
beforeEach(async () => {
  manager = await managerHere();
});
afterEach(async () => {
  for (const launcher of launchers.splice(0)) launcher.close();
  await manager.stop();
});

async function joined(id: string, state = stopped, runs: string[] = []): Promise<ScriptedLauncher> {
  const launcher = made(id);
  expect((await launcher.register()).status).toBe(200);
  await launcher.connect();
  await launcher.sync(state, runs);
  return launcher;
}
function made(id: string): ScriptedLauncher {
  const launcher = new ScriptedLauncher(manager.url, id);
  launchers.push(launcher);
  return launcher;
}

test('a command is answered when it is so, with what the launcher said', async () => {
  const launcher = await joined('w1');
  const asked = manager.post('/api/workers/w1/command', { command: 'start' });
  await launcher.until(() => launcher.commands.length === 1);
  const { id } = launcher.commands[0]!;
  launcher.tell(
    { kind: 'process.changed', report: launcher.report(running()) },
    { kind: 'command.done', id, result: { ok: true, message: 'running, pid 4711', certificate: null } },
  );
  expect((await asked).body).toMatchObject({ success: true, status: 'done', message: 'running, pid 4711' });
  await launcher.until(() => launcher.acked === 2);
  expect((await manager.get('/api/workers')).body.w1).toMatchObject({
    status: 'running',
    pid: 4711,
    desired: 'running',
  });
});

test('a command that failed is an error with its sentence', async () => {
  const launcher = await joined('w1');
  const asked = manager.post('/api/workers/w1/start');
  await launcher.until(() => launcher.commands.length === 1);
  launcher.tell({
    kind: 'command.done',
    id: launcher.commands[0]!.id,
    result: { ok: false, message: 'no such directory', certificate: null },
  });
  expect(await asked).toMatchObject({
    status: 502,
    body: { success: false, code: 'command_failed', error: 'start of w1/w1: no such directory' },
  });
});

test('what a rule of the machine is against is an error that asking again does not help', async () => {
  const launcher = await joined('w1');
  const asked = manager.post('/api/workers/w1/start');
  await launcher.until(() => launcher.commands.length === 1);
  const message = 'refused by security.allowed_commands';
  const result = { ok: false, message, certificate: null, refusedBy: 'rule' } as const;
  launcher.tell({ kind: 'command.done', id: launcher.commands[0]!.id, result });
  expect(await asked).toMatchObject({
    status: 403,
    body: { code: 'refused_by_rule', error: `start of w1/w1: ${message}` },
  });
});

test('a batch answers for each target, and a selector that means nobody does nothing', async () => {
  const [a, b] = [await joined('a'), await joined('b')];
  const asked = manager.post('/api/batch', { selector: ['a', 'b'], command: 'start' });
  for (const [launcher, ok] of [
    [a, true],
    [b, false],
  ] as const) {
    await launcher.until(() => launcher.commands.length === 1);
    launcher.tell({
      kind: 'command.done',
      id: launcher.commands[0]!.id,
      result: { ok, message: ok ? 'running' : 'no', certificate: null },
    });
  }
  expect((await asked).body).toMatchObject({
    success: false,
    matched: 2,
    results: [
      { key: 'a/a', ok: true },
      { key: 'b/b', ok: false },
    ],
  });
  expect((await manager.post('/api/batch', { selector: 'zzz', command: 'stop' })).body).toMatchObject({
    code: 'unknown_process',
    unknown: ['zzz'],
  });
});
