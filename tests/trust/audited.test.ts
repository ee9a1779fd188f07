/** What people and strangers do to trust itself is in the audit: with who, from where, on what, with which result. */
import type { AuditEntry, AuditReply } from '../../protocol/audit';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { ScriptedLauncher } from '../api/scripted-launcher';
import { Asker, ELSEWHERE as HEADERS } from './asker';

const PASSWORD = 'correct horse battery';
let manager: ManagerHere;
let home: Asker;
let alice: Asker;
beforeEach(async () => {
  manager = await managerHere({ env: { PROCGUARD_WEB_TRUSTED_PROXIES: '[127.0.0.1]' } });
  home = new Asker(manager, {});
  await home.post('/api/admin/users', { username: 'alice', password: PASSWORD, grants: ['admin'] });
  alice = await new Asker(manager).loggedIn('alice', PASSWORD);
});
afterEach(() => manager.stop());

async function entries(): Promise<AuditEntry[]> {
  const { status, body } = await alice.get('/api/audit?limit=500');
  expect(status).toBe(200);
  return (body as AuditReply).entries;
}
/** Of the newest of a type: who, from where, what, on what, and how it ended. */
async function told(type: string): Promise<string> {
  const entry = (await entries()).find(({ event_type }) => event_type === type);
  if (entry === undefined) return 'nothing';
  const { actor_kind, actor_username, actor_ip, action, target_type, target_id, result } = entry;
  return `${actor_kind} ${actor_username} ${actor_ip}: ${action} ${target_type} ${target_id}: ${result}`;
}
const ELSEWHERE = HEADERS['x-forwarded-for'];
const by = (who: string): string => `user ${who} ${ELSEWHERE}`;

test('users, logins and what is guessed', async () => {
  const all = await entries();
  expect(all.find(({ event_type }) => event_type === 'user.created')).toMatchObject({
    actor_kind: 'open',
    actor_ip: '127.0.0.1',
    target_id: 'alice',
    result: 'ok',
    details: { grants: [{ role: 'admin', on: null }] },
  });
  expect(await told('auth.login.success')).toMatch(new RegExp(`alice ${ELSEWHERE}: log in session s_\\w+: ok`));
  await new Asker(manager).post('/api/session', { username: 'alice', password: 'wrong' });
  expect(await told('auth.login.failed')).toBe(`unknown alice ${ELSEWHERE}: log in user alice: login_failed`);

  await alice.post('/api/admin/users', { username: 'bob', password: `${PASSWORD} of bob`, grants: ['viewer'] });
  expect(await told('user.created')).toBe(`${by('alice')}: create user bob: ok`);
  const bob = await new Asker(manager).loggedIn('bob', `${PASSWORD} of bob`);
  expect((await bob.post('/api/workers/cleanup')).status).toBe(403);
  expect(await told('security.permission_denied')).toBe(
    `${by('bob')}: refused route POST /api/workers/cleanup: forbidden`,
  );
  expect((await bob.get('/api/audit')).status).toBe(403);
  await alice.ask('PATCH', '/api/admin/users/bob', { disabled: true });
  expect(await told('user.updated')).toMatch(/^user alice .*: change .* user bob: ok$/);
  await alice.ask('DELETE', '/api/admin/users/bob');
  expect(await told('user.deleted')).toBe(`${by('alice')}: delete user bob: ok`);
});

test('tokens: made, used to join, revoked', async () => {
  const { body: api } = await alice.post('/api/tokens', { name: 'ci', current: PASSWORD });
  expect(await told('api_key.created')).toBe(`${by('alice')}: create token ${api.id}: ok`);
  await alice.ask('DELETE', `/api/tokens/${api.id}`);
  expect(await told('api_key.revoked')).toBe(`${by('alice')}: revoke token ${api.id}: ok`);
  const { body: join } = await alice.post('/api/admin/join-tokens', { name: 'lab' });
  expect(await told('join_token.created')).toBe(`${by('alice')}: create token ${join.id}: ok`);
  const launcher = new ScriptedLauncher(manager.url, 'w1', { token: join.token as string, key: 'wk_of-w1' });
  expect((await launcher.register()).status).toBe(200);
  const registered = (await entries()).find(({ event_type }) => event_type === 'worker.registered');
  expect(registered).toMatchObject({ target_id: 'w1', details: { source: 'joined', by: 'join token lab' } });
  expect(JSON.stringify(await entries())).not.toMatch(
    new RegExp([api.token, join.token, 'wk_of-w1', PASSWORD].join('|')),
  );
});

test('workers: minted, rotated, drained, approved, rejected, taken away', async () => {
  const { body: minted } = await alice.post('/api/admin/workers', { name: 'gpu', worker_id: 'w1' });
  expect(await told('worker.token.created')).toMatch(/^user alice .*: create worker w_\w+: ok$/);
  const launcher = new ScriptedLauncher(manager.url, 'w1', { token: minted.token as string });
  expect((await launcher.register()).status).toBe(200);
  await alice.post('/api/admin/workers/w1/drain');
  expect(await told('worker.drained')).toBe(`${by('alice')}: drain worker w1: ok`);
  await alice.post('/api/admin/workers/w1/undrain');
  expect(await told('worker.undrained')).toBe(`${by('alice')}: undrain worker w1: ok`);
  const { body: rotated } = await alice.post('/api/admin/workers/w1/token');
  expect(await told('worker.token.rotated')).toBe(`${by('alice')}: rotate its token worker w1: ok`);
  await launcher.register();
  expect(await told('worker.refused')).toBe('worker w1 127.0.0.1: register worker w1: invalid_token');
  await alice.ask('DELETE', '/api/admin/workers/w1?force=true');
  expect(await told('worker.removed')).toBe(`${by('alice')}: delete worker w1: ok`);
  expect(JSON.stringify(await entries())).not.toMatch(new RegExp([minted.token, rotated.token].join('|')));
});

test('logging out, and the chain over all of it', async () => {
  await alice.ask('DELETE', '/api/session');
  alice = await new Asker(manager).loggedIn('alice', PASSWORD);
  expect(await told('auth.logout')).toMatch(new RegExp(`^user alice ${ELSEWHERE}: log out session s_`));
  expect((await alice.get('/api/audit/verify')).body.valid).toBe(true);
});
