/** What somebody with a login tries who has not the right: each of these was once a way, or nearly one. */
import { request } from 'node:http';
import { once } from 'node:events';
import { io } from 'socket.io-client';
import { ProcessSpec } from '../../protocol/process-spec';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { ScriptedLauncher } from '../api/scripted-launcher';
import { stopped } from '../harness/launcher-words';
import { until } from '../harness/until';
import { Asker, codeNow, type Told } from './asker';
import { whileClockStands } from './standing-clock';

const PASSWORD = 'correct horse battery';
const SECRET = 'a-secret-of-outside';

let manager: ManagerHere;
let alice: Asker;
/** Operator on team=nlp: of the worker `inside`, and not of `outside`. */
let nils: Asker;
const launchers: ScriptedLauncher[] = [];

beforeEach(async () => {
  manager = await managerHere({ env: { PROCGUARD_WEB_TRUSTED_PROXIES: '[127.0.0.1]' } });
  const home = new Asker(manager, {});
  for (const [id, team] of [
    ['inside', 'nlp'],
    ['outside', 'vision'],
  ] as const) {
    const { token } = (await home.post('/api/admin/workers', { name: id, worker_id: id, labels: { team } })).body;
    const launcher = new ScriptedLauncher(manager.url, id, { token: token as string });
    launchers.push(launcher);
    await launcher.register();
    await launcher.connect();
    await launcher.sync(stopped);
  }
  await home.post('/api/admin/users', { username: 'alice', password: PASSWORD, grants: ['admin'] });
  alice = await new Asker(manager).loggedIn('alice', PASSWORD);
  nils = await person('nils', 'operator on team=nlp');
});
afterEach(async () => {
  for (const launcher of launchers.splice(0)) launcher.close();
  await manager.stop();
});

async function person(username: string, grant: string): Promise<Asker> {
  expect((await alice.post('/api/admin/users', { username, password: PASSWORD, grants: [grant] })).status).toBe(200);
  return new Asker(manager).loggedIn(username, PASSWORD);
}
const apply = (who: Asker, set: string, ...processes: object[]): Promise<Told> =>
  who.post('/api/apply?wait=false', { set, processes });
const sentTo = (id: string): unknown[] => launchers.find((launcher) => launcher.id === id)?.commands ?? [];

test('a start pulls nothing in on workers that are not theirs', async () => {
  const needy = { name: 'needy', worker: 'inside', command: 'x', auto_start: false, depends_on: ['outside/outside'] };
  expect((await apply(nils, 'mine', needy)).status).toBe(200);
  const inside = launchers[0] as ScriptedLauncher;
  await inside.until(() => inside.commands.length > 0);
  const [define] = inside.commands;
  if (define?.kind !== 'define') throw new Error('no definition came');
  const { spec } = define;
  inside.say(
    'sync',
    { processes: [{ spec, report: { ...inside.report(stopped), name: spec.name } }], runs: [] },
    () => undefined,
  );
  const told = async (): Promise<unknown> =>
    (await alice.get('/api/workers/inside/processes')).body.processes[0].process;
  await until('inside told of needy', 60_000, async () => (await told()) === 'needy');
  const start = () => nils.post('/api/workers/inside/start', { process: 'needy', wait: false });
  const refused = await start();
  expect([refused.status, refused.body]).toEqual([
    403,
    expect.objectContaining({ code: 'forbidden', worker_id: 'outside' }),
  ]);
  expect(refused.body.error).toMatch(/^inside\/needy depends on outside\/outside: nils may not /);
  const { results } = (await nils.post('/api/batch', { command: 'start', selector: 'needy', wait: false })).body;
  expect(results).toMatchObject([{ ok: false }]);
  expect(sentTo('outside')).toEqual([]);
  expect((await alice.post('/api/workers/inside/start', { process: 'needy', wait: false })).status).toBe(200);
});

test('a secret is not taken along to a worker of theirs by a second entry of its name', async () => {
  const job = { name: 'job', worker: 'outside', command: 'train', env: { API_KEY: SECRET } };
  expect((await apply(alice, 'nightly', job)).status).toBe(200);
  const masked = { ...job, env: { API_KEY: '********' } };
  const copied = await apply(nils, 'nightly', masked, { ...masked, worker: 'inside', command: 'printenv' });
  expect([copied.status, copied.body.error]).toEqual([
    400,
    expect.stringMatching(/API_KEY of inside\/job .* has none/),
  ]);
  // To move it, both must be theirs.
  const moved = [{ ...masked, worker: 'inside' }] as const;
  expect((await apply(nils, 'nightly', ...moved)).body).toMatchObject({ code: 'forbidden', worker_id: 'outside' });
  expect(JSON.stringify(sentTo('inside'))).not.toContain(SECRET);
  expect((await apply(alice, 'nightly', ...moved)).status).toBe(200);
});

test.each(['constructor', 'toString', '__proto__'])(
  'a grant on %s is for no worker that has no such label',
  async (label) => {
    const eve = await person('eve', `operator on ${label}=*`);
    expect((await eve.post('/api/workers/outside/disable', { process: 'outside', wait: false })).status).toBe(403);
    expect((await eve.post('/api/admin/workers/outside/drain')).status).toBe(403);
  },
);

test('a request whose body comes after the right is gone does nothing', async () => {
  const { token } = (await nils.post('/api/tokens', { name: 'slow', expires: '1h' })).body as { token: string };
  const asked = request(`${manager.url}/api/workers/inside/disable`, {
    method: 'POST',
    headers: { ...nils.headers, cookie: '', authorization: `Bearer ${token}` },
  });
  const answered = once(asked, 'response');
  asked.write('{"process":"inside",');
  // Its head is in: the answer to another request on this machine comes behind it.
  await alice.get('/api/status');
  await alice.ask('PATCH', '/api/admin/users/nils', { disabled: true });
  asked.end('"wait":false}');
  const [response] = (await answered) as [{ statusCode: number; resume(): void }];
  response.resume();
  expect(response.statusCode).toBe(401);
  expect(sentTo('inside')).toEqual([]);
});

test('a rolling restart goes no further than the right of who asked for it', async () => {
  const inside = launchers[0] as ScriptedLauncher;
  const processes = ['p1', 'p2'].map((name) => ({
    spec: ProcessSpec.parse({ name, command: 'x' }),
    report: { ...inside.report(stopped), name },
  }));
  inside.say('sync', { processes, runs: [] }, () => undefined);
  const told = async (): Promise<unknown[]> => (await alice.get('/api/workers/inside/processes')).body.processes;
  await until('inside told of both', 60_000, async () => (await told()).length === 2);
  const rolled = nils.post('/api/batch', { command: 'restart', selector: 'node=inside', rolling: 1 });
  await inside.until(() => inside.commands.length === 1);
  await alice.ask('PATCH', '/api/admin/users/nils', { disabled: true });
  const [first] = inside.commands;
  inside.tell({
    kind: 'command.done',
    id: first?.id as never,
    result: { ok: true, message: 'done', certificate: null },
  });
  expect((await rolled).body.results).toMatchObject([{ ok: true }, { ok: false }]);
  expect(inside.commands).toHaveLength(1);
});

test('a time without a date is no time', async () => {
  const forAges = { process: 'inside', until: '99999999999999d', wait: false };
  expect((await nils.post('/api/workers/inside/disable', forAges)).body).toMatchObject({ code: 'bad_request' });
  const longAgo = '/api/usage/machines/inside?since=999999999999999999999d';
  expect((await nils.get(longAgo)).status).toBe(200);
  expect((await nils.post('/api/tokens', { name: 'old', expires: '99999999999999d' })).status).toBe(400);
  expect((await nils.post('/api/workers/inside/start', { process: 'inside', wait: false })).status).toBe(200);
});

test('a token makes no other, which would outlive it', async () => {
  const { token } = (await nils.post('/api/tokens', { name: 'short', expires: '60' })).body as { token: string };
  const told = await new Asker(manager).bearer(token).post('/api/tokens', { name: 'for ever' });
  expect([told.status, told.body.error]).toEqual([403, expect.stringContaining('log in')]);
});

test('whoever finds a page open cannot make the second factor theirs', async () => {
  expect((await nils.post('/api/session/totp')).body).toMatchObject({ code: 'password_needed' });
  expect((await nils.post('/api/session/totp', { current: 'a guess' })).body).toMatchObject({ code: 'login_failed' });
  // None was begun, so there is nothing that a code could turn on.
  expect((await nils.post('/api/session/totp', { code: '000000' })).body).toMatchObject({ code: 'bad_request' });
  const begun = await nils.post('/api/session/totp', { current: PASSWORD });
  const { secret } = begun.body as { secret: string };
  expect((await nils.post('/api/session/totp', { code: codeNow(secret) })).status).toBe(200);
  expect((await nils.post('/api/session/totp')).body).toMatchObject({ code: 'forbidden' });
  expect((await nils.ask('DELETE', '/api/session/totp', { code: codeNow(secret, 1) })).status).toBe(200);
});

test('whoever finds a page open makes no token that outlasts its session', async () => {
  for (const expires of [undefined, null, '3650d', '169h']) {
    const told = await nils.post('/api/tokens', { name: 'mine', expires });
    expect([expires, told.status, told.body.code]).toEqual([expires, 403, 'password_needed']);
    const guessed = await nils.post('/api/tokens', { name: 'mine', expires, current: 'a guess' });
    expect(guessed.body.code).toMatch(/^(login_failed|locked_out)$/);
  }
  expect((await nils.get('/api/tokens')).body).toEqual({ tokens: [] });
  expect((await nils.post('/api/tokens', { name: 'of today', expires: '24h' })).status).toBe(200);
  const lasting = await alice.post('/api/tokens', { name: 'for ever', current: PASSWORD });
  expect(lasting.body).toMatchObject({ owner: 'alice', expires_at_ms: null });
});

test('a login with a password that is changed while it is looked at is none', async () => {
  // Each look waits for those before it: the change's comes first, and the logins are under way when it is done.
  const changed = alice.ask('PATCH', '/api/admin/users/nils', { password: 'another horse battery' });
  // The answer to a later request comes behind it.
  await alice.get('/api/status');
  const login = () => new Asker(manager).post('/api/session', { username: 'nils', password: PASSWORD });
  const told = await Promise.all(Array.from({ length: 4 }, login));
  await changed;
  expect(told.map(({ status }) => status)).toContain(401);
  const { users } = (await alice.get('/api/admin/users')).body;
  expect(users).toContainEqual(expect.objectContaining({ name: 'nils', sessions: 0 }));
});

test('guesses that are held back together are counted one by one', async () => {
  const guess = (from: string) =>
    new Asker(manager, { 'x-forwarded-for': from }).post('/api/session', { username: 'nils', password: 'wrong guess' });
  await whileClockStands(async () => {
    for (const from of ['203.0.113.21', '203.0.113.22', '203.0.113.23'])
      for (let i = 0; i < 4; i++) expect((await guess(from)).status).toBe(401);
    // By now whoever guesses at this name is held back for a while: all of these at once.
    const told = await Promise.all(Array.from({ length: 12 }, () => guess('203.0.113.24')));
    expect(told.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(told.filter(({ status }) => status === 429)).toHaveLength(7);
  });
});

test('a page cannot follow without end', async () => {
  const vera = await person('vera', 'viewer');
  const page = io(manager.url, { transports: ['websocket'], reconnection: false, extraHeaders: { ...vera.headers } });
  const follow = (process: string): Promise<{ error?: string }> =>
    page.emitWithAck('log.follow', { worker_id: 'inside', process }) as Promise<{ error?: string }>;
  const told = await Promise.all(Array.from({ length: 2001 }, (_, i) => follow(`p${i}`)));
  expect(told.filter(({ error }) => error !== undefined)).toHaveLength(1);
  expect((await follow('p0')).error).toBeUndefined();
  page.disconnect();
});

test('no answer of the API is kept by a cache', async () => {
  for (const path of ['/api/workers', '/api/admin/users', '/api/audit', '/api/events', '/api/session'])
    expect((await alice.get(path)).headers.get('cache-control')).toBe('no-store');
});
