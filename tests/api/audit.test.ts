/** Whatever somebody causes is in the audit: who, from where, on what, how it ended; and never a secret with it. */
import { DatabaseSync } from '@photostructure/sqlite';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry, AuditReply, AuditVerdict } from '../../protocol/audit';
import { until } from '../harness/until';
import { managerHere, type ManagerHere } from './manager-here';
import { ScriptedLauncher } from './scripted-launcher';
import { running, stopped } from '../harness/launcher-words';

const MARKER = 'a-secret-marker-3f9c';
let manager: ManagerHere;
const launchers: ScriptedLauncher[] = [];
beforeEach(async () => (manager = await managerHere()));
afterEach(async () => {
  for (const launcher of launchers.splice(0)) launcher.close();
  await manager.stop();
});

const audit = async (query = ''): Promise<AuditReply> =>
  (await manager.get(`/api/audit?limit=500&${query}`)).body as AuditReply;
const newest = async (type: string): Promise<AuditEntry | undefined> => (await audit(`event_type=${type}`)).entries[0];

async function joined(id: string): Promise<ScriptedLauncher> {
  const launcher = new ScriptedLauncher(manager.url, id);
  launchers.push(launcher);
  expect((await launcher.register()).status).toBe(200);
  await launcher.connect();
  await launcher.sync(stopped);
  return launcher;
}

const HOME = { actor_kind: 'open', actor_username: 'operator', actor_ip: '127.0.0.1' };

test('a start and a stop of the manager', async () => {
  expect(await newest('manager.started')).toMatchObject({ actor_kind: 'manager', result: 'ok' });
  const { dataDir } = manager;
  await manager.stop('keep');
  manager = await managerHere({ dataDir });
  const life = (await audit('target_type=manager')).entries.map(({ event_type }) => event_type);
  expect(life).toEqual(['manager.started', 'manager.stopped', 'manager.started']);
});

test('what was tampered with survives the purge of the next start, and the log says so', async () => {
  const { dataDir } = manager;
  await manager.stop('keep');
  const ledger = new DatabaseSync(join(dataDir, 'ledger.db'));
  ledger.exec('UPDATE audit SET at_ms = 0');
  ledger.close();
  manager = await managerHere({ dataDir });
  expect(manager.journal).toContainEqual(
    expect.stringContaining('the audit does not hold: entry 1, or its hash, was changed'),
  );
  expect((await audit('target_type=manager')).entries.map(({ id }) => id)).toEqual([3, 2, 1]);
  const { body } = await manager.get('/api/audit/verify');
  expect((body as AuditVerdict).broken_links.map(({ id }) => id)).toEqual([1, 2]);
});

test('a worker that registers, and one that may not', async () => {
  await joined('w1');
  expect(await newest('worker.registered')).toMatchObject({
    actor_kind: 'worker',
    actor_username: 'w1',
    actor_ip: '127.0.0.1',
    target_type: 'worker',
    target_id: 'w1',
    result: 'ok',
    details: { hostname: 'test-host' },
  });
  const thief = new ScriptedLauncher(manager.url, 'w1', { hostname: 'elsewhere', token: MARKER });
  await thief.register();
  expect(await newest('worker.refused')).toMatchObject({
    actor_ip: '127.0.0.1',
    target_id: 'w1',
    result: expect.not.stringMatching(/^ok$/) as string,
  });
});

test('a stranger who is refused again and again is a few entries and a count', async () => {
  const knocks = 40;
  for (let i = 0; i < knocks; i++)
    await new ScriptedLauncher(manager.url, `x${i}`, { token: `${MARKER}-${i}` }).register();
  const { total, entries } = await audit('event_type=worker.refused');
  expect(total).toBeLessThan(15);
  expect(entries.at(-1)).toMatchObject({ target_id: 'x0', result: 'invalid_token' });
});

test('refusals that were counted and not told yet are told when the manager stops, before its stop', async () => {
  for (let i = 0; i < 4; i++) await new ScriptedLauncher(manager.url, 'x', { token: MARKER }).register();
  expect((await audit('event_type=worker.refused')).total).toBe(1);
  const { dataDir } = manager;
  await manager.stop('keep');
  manager = await managerHere({ dataDir });
  const [started, stopped, counted] = (await audit()).entries;
  expect([started?.event_type, stopped?.event_type]).toEqual(['manager.started', 'manager.stopped']);
  expect(counted).toMatchObject({ event_type: 'worker.refused', details: { repeated: 3 } });
});

test('a command, and how it ended, under one number', async () => {
  const launcher = await joined('w1');
  const asked = manager.post('/api/workers/w1/start');
  await launcher.until(() => launcher.commands.length === 1);
  const { id } = launcher.commands[0]!;
  launcher.tell(
    { kind: 'process.changed', report: launcher.report(running()) },
    { kind: 'command.done', id, result: { ok: true, message: 'running, pid 4711', certificate: null } },
  );
  await asked;
  for (const type of ['process.command', 'process.command.done'])
    expect(await newest(type)).toMatchObject({
      ...HOME,
      target_type: 'process',
      target_id: 'w1/w1',
      action: 'start',
      result: 'ok',
      details: { command_id: id },
    });
  expect((await manager.post('/api/workers/nobody/stop')).status).toBe(404);
  expect(await newest('process.command')).toMatchObject({ ...HOME, target_id: 'nobody', result: 'unknown_worker' });
});

test('what is defined: which versions, and nothing of what is in them', async () => {
  const launcher = await joined('w1');
  const document = {
    set: 'team',
    processes: [
      { name: 'train', worker: 'w1', command: `train --token ${MARKER}`, env: { TOKEN: MARKER, PLAIN: MARKER } },
    ],
  };
  const applied = manager.post('/api/apply?wait=false', document);
  await launcher.until(() => launcher.commands.length >= 1);
  for (const { id } of launcher.commands)
    launcher.tell({ kind: 'command.done', id, result: { ok: true, message: 'defined', certificate: null } });
  await applied;
  expect(await newest('definition.applied')).toMatchObject({
    ...HOME,
    target_type: 'set',
    target_id: 'team',
    result: 'ok',
    details: { processes: ['w1/train: nothing -> version 1'] },
  });
  expect(JSON.stringify(await audit())).not.toContain(MARKER);
});

test('a worker that is taken off, and a sweep of those that are gone', async () => {
  await joined('w1');
  await manager.post('/api/workers/w1/unregister');
  expect(await newest('worker.removed')).toMatchObject({ ...HOME, target_id: 'w1', action: 'unregister' });
  await joined('w2');
  await manager.post('/api/workers/cleanup', { force_remove_all: true });
  expect(await newest('worker.removed')).toMatchObject({ ...HOME, target_id: '*', details: { removed: ['w2'] } });
});

test('an operator’s reason is cut, and nothing makes an entry large', async () => {
  await joined('w1');
  await manager.post('/api/workers/w1/disable', { reason: 'x'.repeat(999), wait: false });
  const entry = await newest('process.command');
  expect(entry).toMatchObject({ action: 'disable', details: { reason: expect.stringMatching(/^x{500}…$/) as string } });
});

describe('reading it', () => {
  beforeEach(async () => {
    await joined('w1');
    for (let i = 0; i < 3; i++) await manager.post(`/api/workers/w1/${i === 1 ? 'stop' : 'start'}`, { wait: false });
  });

  test('pages, with what matches in all', async () => {
    const page = (await manager.get('/api/audit?event_type=process.*&limit=2')).body as AuditReply;
    expect(page).toMatchObject({ total: 3, has_more: true });
    expect(page.entries).toHaveLength(2);
    expect((await audit('event_type=process.command&offset=2')).entries).toHaveLength(1);
    expect((await audit('until=1h')).total).toBe(0);
    expect((await audit('since=1h&actor_id=operator')).total).toBe(3);
    expect((await audit('target_id=w1/*')).total).toBe(3);
  });

  test.each([
    ['event_type=proces.command', /did you mean process.command/],
    ['limit=501', /limit/],
    ['since=yesterday', /yesterday/],
  ])('%s is refused', async (query, sentence) => {
    const { status, body } = await manager.get(`/api/audit?${query}`);
    expect(status).toBe(400);
    expect(body.error).toMatch(sentence);
  });

  test('types, counts, what one person did, what was refused', async () => {
    expect((await manager.get('/api/audit/types')).body.types).toContain('security.permission_denied');
    expect((await manager.get('/api/audit/stats?since=1h')).body).toMatchObject({
      by_type: { 'process.command': 3, 'worker.registered': 1 },
      by_actor: { operator: 3 },
    });
    expect((await manager.get('/api/audit/user/operator')).body.total).toBe(3);
    await new ScriptedLauncher(manager.url, 'x', { token: 'wt_wrong' }).register();
    expect((await manager.get('/api/audit/security')).body.entries).toMatchObject([{ event_type: 'worker.refused' }]);
  });

  test('all of it as JSON lines, and that is an entry too', async () => {
    const { text } = await manager.get('/api/audit?format=jsonl');
    const ids = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as AuditEntry).id);
    expect(ids).toEqual(Array.from(ids, (_, i) => i + 1));
    expect(await newest('audit.exported')).toMatchObject({ ...HOME, action: 'export' });
  });

  test('followed it goes on, with what matches alone, until who reads leaves', async () => {
    const leave = new AbortController();
    const response = await fetch(`${manager.url}/api/audit?format=jsonl&follow=true&event_type=process.command`, {
      signal: leave.signal,
    });
    let read = '';
    const reading = (async () => {
      for await (const piece of response.body!) read += Buffer.from(piece as Uint8Array).toString();
    })().catch(() => undefined);
    const lines = (): number => read.split('\n').length - 1;
    await until('what there is', 30_000, () => lines() === 3);
    await manager.post('/api/workers/w1/restart', { wait: false });
    await until('what is new', 30_000, () => lines() === 4);
    expect(read).toContain('"action":"restart"');
    leave.abort();
    await reading;
  });

  test('it holds, whole and in part, and says where it ends', async () => {
    const whole = (await manager.get('/api/audit/verify')).body as AuditVerdict;
    expect(whole).toMatchObject({ valid: true, broken_links: [], first_id: 1 });
    expect(whole.head?.id).toBe(whole.entries_checked);
    expect((await manager.get('/api/audit/verify?start_id=2&end_id=3')).body).toMatchObject({
      valid: true,
      entries_checked: 2,
      first_id: 2,
      last_id: 3,
    });
  });
});

test('a key that is given counts, and is nowhere on the disk', async () => {
  const { dataDir } = manager;
  await manager.stop('keep');
  manager = await managerHere({ dataDir, env: { SIMPLETUNER_AUDIT_KEY: `${MARKER}-given` } });
  expect((await manager.get('/api/audit/verify')).body.valid).toBe(true);
  await manager.stop('keep');
  for (const file of readdirSync(dataDir).filter((name) => name.startsWith('ledger')))
    expect(readFileSync(join(dataDir, file)).includes(MARKER)).toBe(false);
  manager = await managerHere({ dataDir });
  expect((await manager.get('/api/audit/verify')).body).toMatchObject({ valid: false });
});
