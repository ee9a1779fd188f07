/**
 * A worker's word whose body is still on its way when its credential is taken away. The head was let in; what counts is
 * who asks when it is decided.
 */
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerId } from '../../protocol/ids';
import type { AccountId } from '../../src/core/trust/rows';
import { agentRoad } from '../../src/links/claim/agent-road';
import { openSqliteLedger } from '../../src/stores/ledger/sqlite-ledger';
import { hashOf } from '../../src/trust/credentials';
import { Gate } from '../../src/trust/gate';
import { bareEngine } from '../api/bare-engine';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { testSealer } from '../stores/test-sealer';
import { Asker } from './asker';

interface Begun {
  /** Sends the rest. @returns the answer */
  end(): Promise<{ readonly status: number; readonly text: string }>;
}

/** Resolves once the head was let in: the server says that it waits for the body. */
function begin(url: string, token: string, path: string, json: object): Promise<Begun> {
  const text = JSON.stringify(json);
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${token}`,
    `Content-Length: ${text.length}`,
    'Expect: 100-continue',
    'Connection: close',
  ];
  const line = connect(Number(new URL(url).port), '127.0.0.1', () => line.write(`${head.join('\r\n')}\r\n\r\n`));
  let got = '';
  const closed = new Promise<void>((resolve, reject) => line.on('error', reject).on('close', () => resolve()));
  return new Promise((resolve) =>
    line.setEncoding('utf8').on('data', (piece: string) => {
      got += piece;
      if (got !== 'HTTP/1.1 100 Continue\r\n\r\n') return;
      got = '';
      line.write(text.slice(0, 1));
      resolve({
        end: async () => {
          line.write(text.slice(1));
          await closed;
          return { status: Number(got.split(' ')[1]), text: got };
        },
      });
    }),
  );
}

describe('a body that ends after its worker’s token was taken away', () => {
  let manager: ManagerHere;
  let home: Asker;
  beforeEach(async () => {
    manager = await managerHere();
    home = new Asker(manager, {});
  });
  afterEach(() => manager.stop());

  const minted = async (worker: string): Promise<string> =>
    ((await home.post('/api/admin/workers', { name: worker, worker_id: worker })).body as { token: string }).token;
  const TAKEN_AWAY: [string, (worker: string) => Promise<{ readonly status: number }>][] = [
    ['rotated', (worker) => home.post(`/api/admin/workers/${worker}/token`)],
    ['revoked', (worker) => home.ask('DELETE', `/api/admin/workers/${worker}?force=true`)],
  ];
  const stateOf = async (job: string): Promise<string> =>
    ((await home.get(`/api/jobs/${job}`)).body as { state: string }).state;

  test.each(TAKEN_AWAY)('an agent’s, %s: it claims nothing and ends nothing', async (_how, takeAway) => {
    const token = await minted('agent-a');
    const agent = new Asker(manager).bearer(token);
    await agent.post('/api/v1/agent/register', { agent_id: 'agent-a' });
    await home.post('/api/jobs', { id: 'first', command: 'x', needs: { worker: 'agent-a' } });
    const claimed = await agent.post('/api/v1/agent/tasks/claim', { agent_id: 'agent-a', limit: 1 });
    const [{ attempt_id }] = claimed.body.data.tasks as [{ attempt_id: string }];
    const ended = { agent_id: 'agent-a', attempt_id, exit_code: 0, stdout: 'forged' };
    const complete = await begin(manager.url, token, '/api/v1/agent/tasks/first/complete', ended);
    const claim = await begin(manager.url, token, '/api/v1/agent/tasks/claim', { agent_id: 'agent-a', limit: 5 });

    expect((await takeAway('agent-a')).status).toBe(200);
    const env = { DB_PASSWORD: 'hunter2' };
    await home.post('/api/jobs', { id: 'second', command: 'x', env, secrets: Object.keys(env) });

    expect((await complete.end()).status).toBe(401);
    const { status, text } = await claim.end();
    expect(status).toBe(401);
    expect(text).not.toContain('hunter2');
    expect(await stateOf('first')).not.toBe('completed');
    expect(await stateOf('second')).toBe('queued');
  });

  test.each(TAKEN_AWAY)('a stream worker’s, %s: it ends nothing', async (_how, takeAway) => {
    const token = await minted('streamer');
    const worker = new Asker(manager).bearer(token);
    await worker.post('/api/workers/register', { name: 'streamer', gpu_info: {} });
    const stop = new AbortController();
    const stream = await fetch(`${manager.url}/api/workers/stream?worker_id=streamer`, {
      headers: worker.headers,
      signal: stop.signal,
    });
    await home.post('/api/jobs', { id: 'first', command: 'x', needs: { worker: 'streamer' } });
    expect(await stateOf('first')).toBe('assigned');
    const status = await begin(manager.url, token, '/api/workers/job/first/status', { status: 'completed' });

    expect((await takeAway('streamer')).status).toBe(200);

    expect((await status.end()).status).toBe(401);
    expect(await stateOf('first')).not.toBe('completed');
    expect(stream.status).toBe(200);
    stop.abort();
  });

  test.each(TAKEN_AWAY)('a plain client’s, %s: its word is not taken', async (_how, takeAway) => {
    const token = await minted('plain');
    const client = new Asker(manager).bearer(token);
    expect((await client.post('/api/workers/register', { worker_id: 'plain', command: 'x' })).status).toBe(200);
    const beat = await begin(manager.url, token, '/api/workers/plain/heartbeat', { status: 'exited', exit_code: 7 });

    expect((await takeAway('plain')).status).toBe(200);

    expect((await beat.end()).status).toBe(401);
    expect((await home.get('/api/workers/plain')).body).not.toMatchObject({ exit_code: 7 });
  });
});

test('a claim that is decided in one turn with the rotation, and behind it, gets nothing', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'procguard-turn-'));
  const ledger = openSqliteLedger(join(directory, 'ledger.db'), {
    sealer: testSealer,
    auditKeys: [Buffer.from('key')],
  });
  const engine = bareEngine(ledger);
  const id = 'account-1' as AccountId;
  const worker = 'agent-a' as WorkerId;
  const by = { kind: 'open', id: null, name: 'operator', ip: '127.0.0.1', text: 'operator' } as const;
  await engine.submit({
    kind: 'mintAccount',
    account: {
      id,
      name: 'agent-a',
      worker,
      credential: { kind: 'token', hash: hashOf('the token') },
      workerType: 'persistent',
      labels: {},
      source: 'minted',
      createdAtMs: engine.nowMs,
      createdBy: 'operator',
    },
    by,
  });
  const road = agentRoad(engine, new Gate(engine, { auth: 'required' }), 1000);
  let rotatesAtTheEnd = false;
  const server = createServer((request, response) => {
    request.on('end', () => {
      if (!rotatesAtTheEnd) return;
      void engine.submit({ kind: 'rotateAccount', id, hash: hashOf('another'), newAccount: 'none' as AccountId, by });
    });
    road(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claim = async (): Promise<number> =>
    (await (await begin(url, 'the token', '/api/v1/agent/tasks/claim', { agent_id: worker })).end()).status;

  expect(await claim()).toBe(200);
  rotatesAtTheEnd = true;
  expect(await claim()).toBe(401);

  await new Promise((resolve) => server.close(resolve));
  engine.stop();
  ledger.close();
  rmSync(directory, { recursive: true });
});
