/** People: the first one, logging in and out, guessing, second factors, and what ends a session. */
import { DatabaseSync } from '@photostructure/sqlite';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { rotateSecretKey } from '../../src/open-ledger';
import { makeSetupToken } from '../../src/trust/setup-link';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { Asker, codeNow, cookieOf, ELSEWHERE } from './asker';
import { whileClockStands } from './standing-clock';

const PASSWORD = 'correct horse battery';
/** Its X-Forwarded-For counts: so a test on one machine has addresses. */
const BEHIND_PROXY = { PROCGUARD_WEB_TRUSTED_PROXIES: '[127.0.0.1]' };
let manager: ManagerHere;
let stranger: Asker;
let home: Asker;
beforeEach(async () => {
  manager = await managerHere({ env: BEHIND_PROXY });
  stranger = new Asker(manager);
  home = new Asker(manager, {});
});
afterEach(() => manager.stop());

const anAdmin = async (name = 'alice'): Promise<void> => {
  const told = await home.post('/api/admin/users', { username: name, password: PASSWORD, grants: ['admin'] });
  expect(told.body).toMatchObject({ name, grants: ['admin'], has_totp: false });
};

test('at home nobody needs a name until there is one; from elsewhere everybody does', async () => {
  expect((await home.get('/api/session')).body).toMatchObject({ state: 'open', user: null, csrf: null });
  expect((await stranger.get('/api/session')).body).toMatchObject({ state: 'setup', permissions: ['public'] });
  const refused = await stranger.get('/api/workers');
  expect([refused.status, refused.body.code]).toEqual([401, 'login_required']);
  expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
  await anAdmin();
  expect((await home.get('/api/session')).body).toMatchObject({ state: 'login' });
  expect((await home.get('/api/workers')).status).toBe(401);
});

test('the first user must be an admin, and the last admin stays one', async () => {
  const viewer = { username: 'bob', password: PASSWORD, grants: ['viewer'] };
  expect((await home.post('/api/admin/users', viewer)).body.code).toBe('last_admin');
  await anAdmin();
  const alice = await stranger.loggedIn('alice', PASSWORD);
  expect((await alice.ask('PATCH', '/api/admin/users/alice', { disabled: true })).body.code).toBe('last_admin');
  expect((await alice.post('/api/admin/users', viewer)).status).toBe(200);
  expect((await alice.post('/api/admin/users', viewer)).body.code).toBe('user_taken');
});

test('a session: its cookie is the browser’s alone, what changes something needs the header too, and log out is its end', async () => {
  await anAdmin();
  const told = await stranger.post('/api/session', { username: 'alice', password: PASSWORD });
  expect(told.headers.get('set-cookie')).toMatch(
    /^procguard_session=pgs_\S+; Max-Age=604800; Path=\/;.*HttpOnly; SameSite=Strict$/,
  );
  expect(told.body).toMatchObject({ state: 'in', user: { name: 'alice' }, grants: ['admin'] });
  const browser = stranger.with({ cookie: cookieOf(told) });
  expect((await browser.get('/api/workers')).status).toBe(200);
  expect((await browser.get('/api/session')).body.csrf).toBe(told.body.csrf);
  for (const forged of [browser, browser.with({ 'x-csrf-token': 'f'.repeat(64) })])
    expect((await forged.post('/api/workers/cleanup')).body).toMatchObject({ code: 'csrf_missing' });
  const page = browser.with({ 'x-csrf-token': told.body.csrf as string });
  expect((await page.post('/api/workers/cleanup')).status).toBe(200);
  // The command line shows the same session as a token; nobody can make it do that, so it needs no header.
  const cli = stranger.bearer(cookieOf(told).split('=')[1] ?? '');
  expect((await cli.post('/api/workers/cleanup')).status).toBe(200);
  expect((await page.ask('DELETE', '/api/session')).body.state).toBe('login');
  expect((await page.get('/api/workers')).status).toBe(401);
  expect((await cli.get('/api/workers')).status).toBe(401);
});

test('a wrong name is answered as a wrong password is, and as late', async () => {
  await anAdmin();
  const timed = async (username: string) => {
    const from = performance.now();
    const { body } = await stranger.post('/api/session', { username, password: 'wrong' });
    return { body, ms: performance.now() - from };
  };
  await timed('warm');
  // The quickest of some, for any of them may be held up by something else.
  const quickest: Record<string, number> = {};
  const bodies = new Set<string>();
  for (const name of ['alice', 'nobody', 'alice', 'nobody', 'alice', 'nobody', 'alice', 'nobody']) {
    const { body, ms } = await timed(name);
    bodies.add(JSON.stringify(body));
    quickest[name] = Math.min(ms, quickest[name] ?? Infinity);
  }
  expect(bodies.size).toBe(1);
  expect(quickest['nobody']).toBeGreaterThan((quickest['alice'] ?? Infinity) / 4);
});

test('who guesses waits; the same name from elsewhere does not', async () => {
  await anAdmin();
  await whileClockStands(async () => {
    for (let guess = 0; guess < 5; guess++)
      expect((await stranger.post('/api/session', { username: 'alice', password: 'wrong' })).status).toBe(401);
    const locked = await stranger.post('/api/session', { username: 'alice', password: PASSWORD });
    expect([locked.status, locked.body.code]).toEqual([429, 'locked_out']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await home.post('/api/session', { username: 'alice', password: PASSWORD })).status).toBe(200);
  });
});

test('a second factor: begun, proven, asked for, good once, and off again', () => whileClockStands(secondFactor));

async function secondFactor(): Promise<void> {
  await anAdmin();
  const alice = await stranger.loggedIn('alice', PASSWORD);
  const begun = await alice.post('/api/session/totp', { current: PASSWORD });
  expect(begun.body.uri).toContain(`secret=${begun.body.secret as string}`);
  expect((await alice.post('/api/session/totp', { code: '000000' })).status).toBe(401);
  const secret = begun.body.secret as string;
  expect((await alice.post('/api/session/totp', { code: codeNow(secret, -1) })).body).toMatchObject({ on: true });
  expect((await stranger.post('/api/session', { username: 'alice', password: PASSWORD })).body.code).toBe(
    'totp_needed',
  );
  for (const file of ['ledger.db', 'ledger.db-wal'])
    expect(readFileSync(join(manager.dataDir, file)).includes(secret)).toBe(false);
  const code = codeNow(secret);
  const login = { username: 'alice', password: PASSWORD, totp: code };
  expect((await stranger.post('/api/session', login)).status).toBe(200);
  expect((await stranger.post('/api/session', login)).body.code).toBe('login_failed');
  expect((await alice.ask('DELETE', '/api/session/totp', { code })).status).toBe(401);
  expect((await alice.ask('DELETE', '/api/session/totp', { code: codeNow(secret, 1) })).body).toMatchObject({
    on: false,
  });
}

test('a second factor outlives a restart, and a rotation of the key that seals it', async () => {
  await anAdmin();
  const alice = await stranger.loggedIn('alice', PASSWORD);
  const secret = (await alice.post('/api/session/totp', { current: PASSWORD })).body.secret as string;
  await alice.post('/api/session/totp', { code: codeNow(secret) });
  const { dataDir } = manager;
  await manager.stop('keep');
  const sealed = (): string => {
    const db = new DatabaseSync(join(dataDir, 'ledger.db'));
    const { totp } = db.prepare(`SELECT body ->> '$.totp' AS totp FROM users`).get() as { totp: string };
    db.close();
    return totp;
  };
  const before = sealed();
  const place = { dataDir, stateFile: join(dataDir, 'state.yaml') };
  rotateSecretKey(place, {}, { info: () => {}, warn: () => {}, error: () => {} });
  expect([before, sealed()]).toEqual([expect.stringMatching(/^sealed:/), expect.stringMatching(/^sealed:/)]);
  expect(sealed()).not.toBe(before);
  // What sealed it before is needed no more.
  const [newest = ''] = readFileSync(join(dataDir, 'secret.key'), 'utf8').split('\n');
  writeFileSync(join(dataDir, 'secret.key'), newest, { mode: 0o600 });
  manager = await managerHere({ dataDir, env: BEHIND_PROXY });
  const login = (totp: string) =>
    new Asker(manager).post('/api/session', { username: 'alice', password: PASSWORD, totp });
  expect((await login('000000')).body.code).toBe('login_failed');
  expect((await login(codeNow(secret))).status).toBe(200);
});

test('a new password ends all other sessions, and cuts their sockets', async () => {
  await anAdmin();
  const here = await stranger.loggedIn('alice', PASSWORD);
  const there = await stranger.loggedIn('alice', PASSWORD);
  const socket = io(manager.url, {
    transports: ['websocket'],
    reconnection: false,
    extraHeaders: { ...there.headers },
  });
  await new Promise((resolve, reject) => socket.once('connect', () => resolve(null)).once('connect_error', reject));
  const cut = new Promise((resolve) => socket.once('disconnect', resolve));
  const changed = { current: PASSWORD, password: 'another horse battery' };
  expect((await here.post('/api/session/password', { ...changed, current: 'wrong' })).status).toBe(401);
  const told = await here.post('/api/session/password', changed);
  expect(told.status).toBe(200);
  await cut;
  expect((await there.get('/api/workers')).status).toBe(401);
  const on = stranger.with({ cookie: cookieOf(told) });
  expect((await on.get('/api/workers')).status).toBe(200);
});

test('a token does what it says, never more than its owner may, and is over when it is revoked', async () => {
  await anAdmin();
  const alice = await stranger.loggedIn('alice', PASSWORD);
  await alice.post('/api/admin/users', { username: 'bob', password: PASSWORD, grants: ['operator'] });
  const bob = await stranger.loggedIn('bob', PASSWORD);
  expect((await bob.post('/api/tokens', { name: 'x', grants: ['admin'] })).status).toBe(403);
  const minted = await bob.post('/api/tokens', {
    name: 'ci',
    grants: ['operator on team=nlp'],
    expires: '90d',
    current: PASSWORD,
  });
  expect(minted.body).toMatchObject({ owner: 'bob', grants: ['operator on team=nlp'], kind: 'api' });
  const ci = stranger.bearer(minted.body.token as string);
  expect((await ci.get('/metrics')).status).toBe(200);
  expect((await stranger.with({ 'x-api-key': minted.body.token as string }).get('/api/workers')).status).toBe(200);
  expect((await ci.post('/api/tokens', { name: 'wider', grants: ['operator'] })).status).toBe(403);
  expect((await ci.post('/api/session/password', { current: PASSWORD, password: PASSWORD })).status).toBe(403);
  await alice.ask('PATCH', '/api/admin/users/bob', { grants: ['viewer'] });
  expect((await ci.post('/api/plan', 'set: s\nprocesses: []')).body.code).toBe('forbidden');
  expect((await alice.ask('DELETE', `/api/tokens/${minted.body.id as string}`)).status).toBe(200);
  expect((await ci.get('/api/workers')).status).toBe(401);
});

test('what is shown and is not valid is told from nothing shown, at every way in', async () => {
  await anAdmin();
  const told = await stranger.post('/api/session', { username: 'alice', password: PASSWORD });
  const browser = stranger.with({ cookie: cookieOf(told), 'x-csrf-token': told.body.csrf as string });
  const minted = await browser.post('/api/tokens', {
    name: 'ci',
    grants: ['viewer'],
    expires: '1d',
    current: PASSWORD,
  });
  const ci = stranger.bearer(minted.body.token as string);
  expect((await ci.get('/api/workers')).status).toBe(200);
  expect((await browser.ask('DELETE', `/api/tokens/${minted.body.id as string}`)).status).toBe(200);
  expect((await browser.ask('DELETE', '/api/session')).status).toBe(200);
  const said = async (asker: Asker) => (await asker.get('/api/workers')).body as { code: string; error: string };
  const notValid = {
    code: 'login_required',
    error: expect.stringContaining('token or session shown is not valid') as string,
  };
  for (const asker of [ci, browser, stranger.bearer('pg_mistyped'), stranger.with({ 'x-api-key': 'pg_mistyped' })])
    expect(await said(asker)).toMatchObject(notValid);
  expect((await said(stranger)).error).toMatch(/needs a login or a token/);
});

test('the set-up link makes the first admin, once; and brings one back who forgot everything', async () => {
  const body = { token: makeSetupToken(manager.dataDir, Date.now()), username: 'alice', password: PASSWORD };
  expect((await stranger.post('/api/setup', { ...body, token: 'setup_guess' })).status).toBe(403);
  const told = await stranger.post('/api/setup', body);
  expect(told.body).toMatchObject({ state: 'in', user: { name: 'alice' } });
  expect((await stranger.post('/api/setup', body)).status).toBe(403);
  const again = { ...body, token: makeSetupToken(manager.dataDir, Date.now()), password: 'another horse battery' };
  expect((await stranger.post('/api/setup', again)).status).toBe(200);
  expect((await stranger.with({ cookie: cookieOf(told) }).get('/api/workers')).status).toBe(401);
  await stranger.loggedIn('alice', 'another horse battery');
  const late = { ...body, token: makeSetupToken(manager.dataDir, Date.now() - 25 * 3_600_000) };
  expect((await stranger.post('/api/setup', late)).status).toBe(403);
});

test('with web.auth none everybody may do everything, from everywhere', async () => {
  const open = await managerHere({ env: { PROCGUARD_WEB_AUTH: 'none' } });
  try {
    expect((await new Asker(open, ELSEWHERE).get('/api/workers')).status).toBe(200);
    expect((await new Asker(open, ELSEWHERE).get('/api/nodes')).body.manager.notice).toBe('open-to-network');
  } finally {
    await open.stop();
  }
});
