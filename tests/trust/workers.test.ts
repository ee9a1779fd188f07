/** Workers and their credentials, with real launchers: who is let in, who is cut, and what goes on running meanwhile. */
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { fingerprintOf, ownKey } from '../../launcher/store/own-key';
import type { AdminWorker, ApplicantView } from '../../protocol/trust-http';
import { LAUNCHER, startLauncher, type StartedLauncher } from '../harness/launcher';
import { identityOf } from '../harness/launcher-words';
import { isAlive } from '../harness/leftovers';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { elsewhere, testElsewhere } from './elsewhere';

const world = useWorld();
const COUNTER = resolve('tests/fixtures/counter.sh');
/** A request with this is somebody's on another machine (src/trust/caller.ts). */
const AFAR = { 'x-forwarded-for': '10.9.9.9' };
const DEADLINE_MS = 60_000;
const RUN = '1700000000000abcdefghij22';

const ask = async <Body>(
  { url }: StartedManager,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Body & { code?: string; error?: string } }> => {
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body & { code?: string } };
};

const mint = async (manager: StartedManager, worker: string): Promise<{ id: string; token: string }> => {
  const { body } = await ask<{ worker_id: string; token: string }>(manager, 'POST', '/api/admin/workers', {
    name: worker,
    worker_id: worker,
  });
  return { id: body.worker_id, token: body.token };
};

const admin = async (manager: StartedManager, filter = ''): Promise<AdminWorker[]> =>
  (await ask<{ workers: AdminWorker[] }>(manager, 'GET', `/api/admin/workers${filter}`)).body.workers;

const isConnected = async (manager: StartedManager, id: string): Promise<boolean> =>
  (await admin(manager)).some(({ worker_id: worker, connected }) => worker === id && connected);

const connected = (manager: StartedManager, id: string): Promise<true> =>
  until(`${id} to be connected`, DEADLINE_MS, async () => (await isConnected(manager, id)) || null);

const says = (launcher: StartedLauncher, words: string | RegExp): Promise<true> =>
  until(`the launcher to say ${String(words)}`, DEADLINE_MS, () => {
    const { output } = launcher.program;
    return (typeof words === 'string' ? output.includes(words) : words.test(output)) || null;
  });

const counting = ['--auto-start', '--restart-policy', 'never', '--command', COUNTER];

test('a rotated token cuts the worker that streams at once, and never works again', async () => {
  const manager = await StartedManager.start(world);
  const { id, token } = await mint(manager, 'w1');
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: counting, env: { WORKER_TOKEN: token } });
  const { pid } = await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  await manager.until('its output', 'w1', ({ log_bytes: bytes }) => bytes > 50);

  const rotated = await ask<{ token: string; connection_command: string }>(
    manager,
    'POST',
    `/api/admin/workers/${id}/token`,
  );
  // Counted in looks and not in seconds: this program may stand still, too. So many take about a second.
  let looks = 0;
  await until('the connection to be cut', DEADLINE_MS, async () => (++looks, !(await isConnected(manager, 'w1'))));
  expect(looks).toBeLessThan(100);
  expect(rotated.body.connection_command).toContain(
    `WORKER_TOKEN=${rotated.body.token} ./start_worker.sh --worker-id w1`,
  );
  await says(launcher, /the manager at \S+ refused this worker: the token .* is not valid here/);
  const atTheCut = (await manager.process('w1'))?.log_bytes;
  const output = `/link/v1/output?worker=w1&process=w1&run=${RUN}&offset=0`;
  const old = { authorization: `Bearer ${token}` };
  expect(await ask(manager, 'POST', output, {}, old)).toMatchObject({ status: 403 });
  expect(await ask(manager, 'POST', output, {})).toMatchObject({ status: 401 });
  expect(isAlive(pid!)).toBe(true);
  expect((await manager.process('w1'))?.log_bytes).toBe(atTheCut);
  expect(launcher.program.output).not.toContain(token);

  await launcher.program.end();
  const again = startLauncher(world, {
    managerUrl: manager.url,
    dataDir: launcher.dataDir,
    flags: counting,
    env: { WORKER_TOKEN: rotated.body.token },
  });
  await connected(manager, 'w1');
  await manager.until('its output to go on', 'w1', ({ log_bytes: bytes }) => bytes > (atTheCut ?? 0));
  expect((await manager.process('w1'))?.pid).toBe(pid);
  const lines = (await manager.output('w1')).split('\n').slice(0, -1).map(Number);
  expect(lines).toEqual(lines.map((_, i) => (lines[0] ?? 0) + i));
  await again.program.end();
});

test('a token from a file does too; a worker that is deleted is cut, and its token is over', async () => {
  const manager = await StartedManager.start(world);
  const { id, token } = await mint(manager, 'w1');
  const file = join(world.directory(), 'token');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--token-file', file, ...counting] });
  await connected(manager, 'w1');
  const { pid } = await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  const path = `/api/admin/workers/${id}`;
  expect(await ask(manager, 'DELETE', path)).toMatchObject({ status: 409, body: { code: 'worker_online' } });
  expect(await isConnected(manager, 'w1')).toBe(true);
  expect(await ask(manager, 'DELETE', `${path}?force=true`)).toMatchObject({ status: 200, body: { worker_id: id } });
  await says(launcher, 'is not valid here');
  expect(await manager.worker('w1')).toBeUndefined();
  expect(isAlive(pid!)).toBe(true);
});

test('a body of output that is being sent when the token is rotated ends there and then', async () => {
  const manager = await StartedManager.start(world);
  const { id, token } = await mint(manager, 'w1');
  const own = { ...AFAR, authorization: `Bearer ${token}` };
  await ask(manager, 'POST', '/api/workers/register', { worker_id: 'w1', command: 'x' }, own);
  const sending = request(`${manager.url}/link/v1/output?worker=w1&process=w1&run=${RUN}&offset=0`, {
    method: 'POST',
    headers: { ...own, 'content-length': 1_000_000 },
  });
  let isCut = false;
  sending.on('error', () => (isCut = true)).on('close', () => (isCut = true));
  sending.write('before\n');
  await until('what was sent to be stored', DEADLINE_MS, async () => (await manager.output('w1')) === 'before\n');
  await ask(manager, 'POST', `/api/admin/workers/${id}/token`);
  await until('the body to be cut', DEADLINE_MS, () => isCut);
  expect(await manager.output('w1')).toBe('before\n');
});

test('of two launchers with one join token exactly one gets in', async () => {
  const manager = await StartedManager.start(world);
  const minted = await ask<{ token: string }>(manager, 'POST', '/api/admin/join-tokens', { uses: 1 });
  const env = { WORKER_TOKEN: minted.body.token };
  const racers = ['r1', 'r2'].map((worker) => startLauncher(world, { managerUrl: manager.url, worker, env }));
  await until('the race to be over', DEADLINE_MS, () => racers.filter(({ program }) => program.isRunning).length === 1);
  const [loser] = racers.filter(({ program }) => !program.isRunning);
  await loser?.program.ended;
  expect(loser?.program.output).toContain('used up');
  const [winner] = racers.filter(({ program }) => program.isRunning);
  await connected(manager, winner?.worker ?? '');
  expect((await admin(manager)).map(({ worker_id: worker, source }) => [worker, source])).toEqual([
    [winner?.worker, 'joined'],
  ]);
  // The token goes on standing in its environment, and its own key is what counts.
  await winner?.program.end();
  const again = winner?.again();
  await connected(manager, winner?.worker ?? '');
  await again?.program.end();
});

test('plain clients are let in at home; from elsewhere by a token of their own, each for one worker', async () => {
  const manager = await StartedManager.start(world);
  const register = (id: string, headers = {}) =>
    ask(manager, 'POST', '/api/workers/register', { worker_id: id, command: 'x' }, headers);
  const beat = (id: string, headers = {}) =>
    ask(manager, 'POST', `/api/workers/${id}/heartbeat`, { status: 'running' }, headers);
  expect(await register('home')).toMatchObject({ status: 200 });
  expect(await beat('home')).toMatchObject({ status: 200 });
  expect(await register('w1', AFAR)).toMatchObject({ status: 401, body: { code: 'login_required' } });
  expect(await beat('home', AFAR)).toMatchObject({ status: 401, body: { code: 'login_required' } });
  const { token } = await mint(manager, 'w1');
  const own = { ...AFAR, 'x-worker-token': token };
  expect(await register('w1', own)).toMatchObject({ status: 200 });
  expect(await beat('w1', own)).toMatchObject({ status: 200 });
  expect(await register('w2', own)).toMatchObject({ status: 403, body: { code: 'credential_mismatch' } });
  expect(await beat('home', own)).toMatchObject({ status: 403 });
  expect(await beat('w1', { ...AFAR, 'x-worker-token': `${token}x` })).toMatchObject({ status: 401 });
});

test('credentials are listed as seed 004 lists them, filtered by status; a name gives the line to run', async () => {
  const manager = await StartedManager.start(world);
  const made = await ask<{ connection_command: string; worker_id: string }>(manager, 'POST', '/api/admin/workers', {
    name: 'GPU box 1',
    worker_type: 'ephemeral',
    labels: { team: 'nlp' },
  });
  expect(made.body.worker_id).toMatch(/^w_/);
  expect(made.body.connection_command).toMatch(
    /^WORKER_TOKEN=wt_\S+ \.\/start_worker\.sh --worker-id GPU-box-1 --manager-url http/,
  );
  startLauncher(world, { managerUrl: manager.url, worker: 'w2' });
  // Connected is not yet synced: only then is it known to run nothing.
  await until('w2 to be idle', DEADLINE_MS, async () => (await manager.worker('w2'))?.state === 'idle');
  const all = await admin(manager);
  expect(all).toMatchObject([
    {
      name: 'GPU box 1',
      worker_id: '',
      worker_type: 'ephemeral',
      status: 'offline',
      labels: { team: 'nlp' },
      connected: false,
    },
    { worker_id: 'w2', status: 'idle', credential: 'key', source: 'loopback', connected: true },
  ]);
  expect((await admin(manager, '?status_filter=IDLE')).map(({ worker_id: id }) => id)).toEqual(['w2']);
  expect(JSON.stringify(all)).not.toMatch(/wt_|wk_/);
});

test('a worker that drains gets nothing new, says so, and goes on draining after a restart of the manager', async () => {
  let manager = await StartedManager.start(world);
  for (const worker of ['w1', 'w2']) startLauncher(world, { managerUrl: manager.url, worker });
  for (const id of ['w1', 'w2'])
    await until(`${id} to be there`, DEADLINE_MS, async () => (await manager.worker(id))?.state === 'idle');
  expect(await ask(manager, 'POST', '/api/admin/workers/w1/drain')).toMatchObject({
    status: 200,
    body: { success: true, worker_id: 'w1', status: 'draining' },
  });
  const place = (names: string[]) =>
    ask<{ results: { key: string }[] }>(manager, 'POST', '/api/apply?wait=false', {
      set: 'web',
      processes: names.map((name) => ({ name, command: 'sleep 1000', match: {} })),
    });
  const placed = await place(['a', 'b']);
  expect(placed).toMatchObject({ status: 200 });
  expect(placed.body.results.map(({ key }) => key)).toEqual(['w2/a', 'w2/b']);
  await manager.program.end();
  manager = await manager.again();
  await until('w1 to be back', DEADLINE_MS, async () => (await manager.worker('w1'))?.state === 'draining');
  await connected(manager, 'w2');
  await ask(manager, 'POST', '/api/admin/workers/w2/drain');
  expect(await place(['a', 'b', 'c'])).toMatchObject({
    status: 409,
    body: { code: 'no_worker_matches', error: expect.stringContaining('is draining') as string },
  });
  expect(await ask(manager, 'POST', '/api/admin/workers/w1/undrain')).toMatchObject({ body: { status: 'idle' } });
  await until('w2 to have both', DEADLINE_MS, async () => {
    const { body } = await ask<{ processes: { state: string }[] }>(manager, 'GET', '/api/workers/w2/processes');
    return body.processes.filter(({ state }) => state === 'running').length === 2;
  });
});

test('who waits for approval is answered by it, and need not ask again', async () => {
  const manager = await StartedManager.start(world);
  const launcher = identityOf('far', { key: `wk_${'k'.repeat(43)}` });
  const register = (more: object = {}) =>
    ask(manager, 'POST', '/api/workers/register', { worker_id: 'far', command: 'x', launcher, ...more }, AFAR);
  expect(await register()).toMatchObject({ status: 403, body: { code: 'pending_approval' } });
  const held = register({ may_hold: true });
  expect(await ask(manager, 'GET', '/api/approvals')).toMatchObject({ status: 200 });
  expect(await ask(manager, 'POST', '/api/approvals/far/approve', {})).toMatchObject({ status: 200 });
  expect(await held).toMatchObject({ status: 200 });
});

testElsewhere('workers on another host')('who is unknown waits and runs nothing; approved, it is there', async () => {
  const { host, manager, url } = await elsewhere(world, 61);
  const launcher = startLauncher(world, { managerUrl: url, worker: 'far', on: host.on });
  const applicant = await until('somebody to wait', DEADLINE_MS, async () => {
    const { body } = await ask<{ applicants: ApplicantView[] }>(manager, 'GET', '/api/approvals');
    return body.applicants[0];
  });
  const fingerprint = fingerprintOf(ownKey(launcher.dataDir));
  expect(applicant).toMatchObject({ fingerprint, worker_id: 'far', from: host.address, state: 'pending' });
  await says(launcher, `own key has the fingerprint ${fingerprint}`);
  expect(await manager.worker('far')).toBeUndefined();
  expect(await admin(manager)).toMatchObject([{ id: fingerprint, status: 'pending_approval' }]);
  const process = { name: 'p', command: 'sleep 1000' };
  expect(await ask(manager, 'POST', '/api/workers/far/processes', process)).toMatchObject({ status: 404 });

  await ask(manager, 'POST', `/api/approvals/${fingerprint}/approve`, { labels: { zone: 'far' } });
  await connected(manager, 'far');
  expect(await manager.worker('far')).toMatchObject({ labels: { zone: 'far' } });
  expect(await ask(manager, 'POST', '/api/workers/far/processes', process)).toMatchObject({ status: 200 });

  // Another machine under the same id, with the stolen name alone.
  const thief = startLauncher(world, { managerUrl: url, worker: 'far', on: host.on });
  expect((await thief.program.ended).code).toBe(1);
  expect(thief.program.output).toContain('belongs to another credential');
  expect(await isConnected(manager, 'far')).toBe(true);
  const { body } = await ask<{ entries: { event_type: string; target_id: string; actor_ip: string }[] }>(
    manager,
    'GET',
    '/api/audit?event_type=worker.refused',
  );
  expect(body.entries).toMatchObject([{ target_id: 'far', actor_ip: host.address }]);
});

testElsewhere('workers on another host')(
  'who is rejected is told, stays, and keeps what it runs by itself',
  async () => {
    const { host, manager, url } = await elsewhere(world, 62);
    const launcher = startLauncher(world, { managerUrl: url, worker: 'far', on: host.on, flags: counting });
    const wait =
      /worker far waits for approval; its fingerprint is ([0-9a-f-]{19})\. Approve it .* procguard approve \1/;
    await says(launcher, wait);
    await ask(manager, 'POST', '/api/approvals/far/reject');
    await says(launcher, 'was rejected by an operator');
    expect(launcher.program.isRunning).toBe(true);
    expect(launcher.program.output).not.toMatch(/wk_/);
    expect(await manager.worker('far')).toBeUndefined();
    // What its own command line says is its machine's owner's business.
    const words = ['--status', '--worker-id', 'far', '--data-dir', launcher.dataDir];
    await until('it to run', DEADLINE_MS, async () => {
      const status = world.start([process.execPath, LAUNCHER, ...words]);
      await status.ended;
      return /\brunning\b/.test(status.output);
    });
  },
);
