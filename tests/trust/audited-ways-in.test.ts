/** Ways in and their ends, and what is defined: each is in the audit, and who loses the right to follow it reads no further. */
import type { AuditEntry, AuditReply } from '../../protocol/audit';
import { makeSetupToken } from '../../src/trust/setup-link';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { ScriptedLauncher } from '../api/scripted-launcher';
import { stopped } from '../harness/launcher-words';
import { until } from '../harness/until';
import { Asker, codeNow, ELSEWHERE } from './asker';

const PASSWORD = 'correct horse battery';
let manager: ManagerHere;
let alice: Asker;
let reader: Asker;
const launchers: ScriptedLauncher[] = [];

beforeEach(async () => {
  manager = await managerHere({ env: { PROCGUARD_WEB_TRUSTED_PROXIES: '[127.0.0.1]' } });
  const token = makeSetupToken(manager.dataDir, Date.now());
  const made = await new Asker(manager).post('/api/setup', { token, username: 'alice', password: PASSWORD });
  expect(made.status).toBe(200);
  alice = await new Asker(manager).loggedIn('alice', PASSWORD);
  const { body } = await alice.post('/api/tokens', { name: 'reader', grants: ['admin'], current: PASSWORD });
  reader = new Asker(manager).bearer(body.token as string);
});
afterEach(async () => {
  for (const launcher of launchers.splice(0)) launcher.close();
  await manager.stop();
});

async function newest(type: string): Promise<AuditEntry | undefined> {
  const { status, body } = await reader.get(`/api/audit?event_type=${type}&limit=1`);
  expect(status).toBe(200);
  return (body as AuditReply).entries[0];
}
const BY_ALICE = { actor_kind: 'user', actor_username: 'alice', actor_ip: ELSEWHERE['x-forwarded-for'], result: 'ok' };

test('the first admin, made by the set-up link; a second factor put on and taken off', async () => {
  expect(await newest('auth.setup')).toMatchObject({
    actor_ip: ELSEWHERE['x-forwarded-for'],
    target_id: 'alice',
    result: 'ok',
  });
  const secret = (await alice.post('/api/session/totp', { current: PASSWORD })).body.secret as string;
  expect((await alice.post('/api/session/totp', { code: codeNow(secret) })).status).toBe(200);
  const on = await newest('user.updated');
  expect(on).toMatchObject({ ...BY_ALICE, action: 'change totp', target_type: 'user' });
  expect((await alice.ask('DELETE', '/api/session/totp', { code: codeNow(secret, 1) })).status).toBe(200);
  const off = await newest('user.updated');
  expect(off).toMatchObject({ ...BY_ALICE, action: 'change totp' });
  expect(off?.id).toBeGreaterThan(on?.id ?? Infinity);
  expect((await reader.ask('GET', '/api/audit?format=jsonl')).body).not.toContain(secret);
});

test('who waits, and is approved or turned away; a link that is refused', async () => {
  for (const id of ['far', 'further']) {
    const { identity } = new ScriptedLauncher(manager.url, id, { key: `wk_${id}-${'k'.repeat(32)}` });
    const body = { worker_id: id, command: 'x', hostname: 'test-host', launcher: identity };
    expect((await new Asker(manager).post('/api/workers/register', body)).body.code).toBe('pending_approval');
    expect(await newest('worker.pending')).toMatchObject({ actor_kind: 'worker', target_id: id });
  }
  await alice.post('/api/approvals/far/approve', { labels: { zone: 'far' } });
  expect(await newest('worker.approved')).toMatchObject({
    ...BY_ALICE,
    target_id: 'far',
    details: { labels: { zone: 'far' } },
  });
  await alice.post('/api/approvals/further/reject');
  expect(await newest('worker.rejected')).toMatchObject({ ...BY_ALICE, target_id: 'further' });

  const thief = new ScriptedLauncher(manager.url, 'far', { token: 'wt_wrong' });
  launchers.push(thief);
  await expect(thief.connect()).rejects.toThrow();
  expect(await newest('worker.refused')).toMatchObject({
    actor_kind: 'worker',
    action: 'connect',
    target_id: 'far',
    result: 'unknown_worker',
  });
});

test('what is defined, rolled back and forgotten', async () => {
  const { body: minted } = await alice.post('/api/admin/workers', { name: 'w1', worker_id: 'w1' });
  const launcher = new ScriptedLauncher(manager.url, 'w1', { token: minted.token as string });
  launchers.push(launcher);
  await launcher.register();
  await launcher.connect();
  await launcher.sync(stopped);
  const document = (command: string) => ({ set: 'team', processes: [{ name: 'train', worker: 'w1', command }] });
  for (const command of ['one', 'two'])
    expect((await alice.post('/api/apply?wait=false', document(command))).status).toBe(200);
  expect((await alice.post('/api/rollback', { name: 'w1/train', to: 1, wait: false })).status).toBe(200);
  expect(await newest('definition.rolled_back')).toMatchObject({
    ...BY_ALICE,
    target_type: 'process',
    target_id: 'w1/train',
    details: { to: 1, processes: ['w1/train: version 2 -> version 3'] },
  });
  // It waits for the launcher, which this one does not answer: the manager's stop is its end.
  const asked = alice.ask('DELETE', '/api/workers/w1/processes/w1').catch(() => null);
  const forgotten = await until('it to be asked', 60_000, () => newest('process.forgotten'));
  expect(forgotten).toMatchObject({ ...BY_ALICE, target_id: 'w1/w1', action: 'forget' });
  launcher.close();
  await manager.stop('keep');
  await asked;
  manager = await managerHere({ dataDir: manager.dataDir });
});

test('an audit that is followed ends when its reader may not read it any more, without telling of that', async () => {
  const bob = { username: 'bob', password: `${PASSWORD} of bob`, grants: ['admin'] };
  await alice.post('/api/admin/users', bob);
  const { headers } = await new Asker(manager).loggedIn('bob', bob.password);
  const response = await fetch(`${manager.url}/api/audit?format=jsonl&follow=true`, { headers });
  expect(response.status).toBe(200);
  let read = '';
  let isOver = false;
  const reading = (async () => {
    for await (const piece of response.body!) read += Buffer.from(piece as Uint8Array).toString();
    isOver = true;
  })();
  await until('what there is', 60_000, () => read.includes('auth.setup'));
  await alice.post('/api/admin/users', { ...bob, username: 'carol' });
  await until('what is new', 60_000, () => read.includes('carol'));
  expect(isOver).toBe(false);
  await alice.ask('PATCH', '/api/admin/users/bob', { grants: ['viewer'] });
  await reading;
  expect(read).not.toContain('user.updated');
});
