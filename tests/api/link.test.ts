/** The launcher link (protocol/link.ts): commands, facts, syncs, output. */
import { managerHere, type ManagerHere } from './manager-here';
import { RUN, running, ScriptedLauncher, stopped } from './scripted-launcher';

let manager: ManagerHere;
const launchers: ScriptedLauncher[] = [];
beforeEach(async () => {
  manager = await managerHere({ env: { PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT: '1' } });
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

test('a command whose answer was cut off is sent again on the next connection, under its id', async () => {
  const launcher = await joined('w1');
  await manager.post('/api/workers/w1/command', { command: 'stop', wait: false });
  await launcher.until(() => launcher.commands.length === 1);
  launcher.close();
  await launcher.connect();
  await launcher.sync(stopped);
  await launcher.until(() => launcher.commands.length === 2);
  expect(launcher.commands[1]).toEqual(launcher.commands[0]);
});

test('commands and state outlive the manager', async () => {
  const dataDir = manager.dataDir;
  const launcher = await joined('w1', running());
  launcher.close();
  // Queued for a worker that is away: told so at once.
  let delivery = '';
  while (delivery !== 'queued')
    delivery = (await manager.post('/api/workers/w1/command', { command: 'stop', wait: false })).body.status as string;
  await manager.stop('keep');
  manager = await managerHere({ dataDir });
  expect((await manager.get('/api/workers')).body.w1).toMatchObject({
    status: 'running',
    desired: 'stopped',
    pid: 4711,
  });
  const again = made('w1');
  await again.connect();
  await again.sync(running());
  await again.until(() => again.commands.length >= 1);
  expect(again.commands.at(-1)).toMatchObject({ kind: 'control', verb: 'stop' });
});

test('a connection of an unknown worker is refused with a code, and a second one takes the place of the first', async () => {
  await expect(made('nobody').connect()).rejects.toMatchObject({ data: { code: 'unknown_worker' } });
  const first = await joined('w1');
  const second = made('w1');
  await second.connect();
  await first.until(() => !first.isConnected);
  await second.sync(stopped);
});

test('silence makes it stale, then lost and its process unknown; a beat on the same connection brings all back', async () => {
  const launcher = await joined('w1', running());
  const stateOf = async () =>
    (await manager.get('/api/workers')).body.w1 as { status: string; worker_state: string; pid: number };
  const seen = new Set<string>();
  for (let row = await stateOf(); row.status !== 'unknown'; row = await stateOf()) seen.add(row.worker_state);
  expect([...seen]).toEqual(['busy', 'stale']);
  expect(await stateOf()).toMatchObject({ worker_state: 'offline', pid: 4711 });
  launcher.say('beat', { atMs: 0, machine: null, usage: [] });
  await launcher.until(() => launcher.syncsAsked === 1);
  expect(await stateOf()).toMatchObject({ status: 'running', worker_state: 'busy', pid: 4711 });
});

test('output is stored once and in order, whatever is sent twice or from the wrong place', async () => {
  const launcher = await joined('w1', running(), [RUN]);
  expect(await (await launcher.ship(RUN, 0, 'one\ntwo\n')).json()).toEqual({ offset: 8 });
  for (const [offset, bytes] of [
    [0, 'one\n'],
    [4, 'two\nthree\n'],
    [99, 'x'],
  ] as const) {
    const refused = await launcher.ship(RUN, offset, bytes);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toEqual({ offset: 8 });
  }
  expect((await launcher.ship(RUN, 8, 'three\n')).status).toBe(200);
  expect((await manager.get('/api/workers/w1/logs?format=text&limit=0')).text).toBe('one\ntwo\nthree\n');
  expect((await launcher.sync(running(), [RUN])).outputBytes).toEqual({ [RUN]: 14 });
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
