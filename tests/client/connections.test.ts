/** How a manager is reached: over which connections, what breaks them, and what is told then. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { isNativeError } from 'node:util/types';
import { NoAnswer, ProcGuardClient } from '../../src/client/client';
import { quietPort } from '../harness/quiet-port';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 60_000;
const JOB = { command: ['true'] };
const SUBMITTED = JSON.stringify({ success: true, jobs: [{ job_id: 'j_1' }] });

interface There {
  readonly port: number;
  /** How many were made, and how many are there now. */
  readonly made: () => number;
  readonly open: () => number;
}

async function listening(server: Server, host: string): Promise<There> {
  const open = new Set<Socket>();
  let made = 0;
  server.on('connection', (socket: Socket) => {
    made += 1;
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  world.afterwards(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((done) => server.close(done));
  });
  return { port: (server.address() as AddressInfo).port, made: () => made, open: () => open.size };
}

const serving = (answer: RequestListener, host = '127.0.0.1'): Promise<There> =>
  listening(createServer({ keepAliveTimeout: DEADLINE_MS }, answer), host);
/** It accepts, and then says nothing. */
const silent = (): Promise<There> =>
  listening(
    createPlainServer((socket) => void socket.resume()),
    '127.0.0.1',
  );

function clientOf(url: string, more: { patienceMs?: number; token?: string } = {}): ProcGuardClient {
  const client = new ProcGuardClient({ url, ...more });
  world.afterwards(() => Promise.resolve(client.close()));
  return client;
}
const urlOf = ({ port }: There): string => `http://127.0.0.1:${port}`;
const shown = async (asked: Promise<unknown>): Promise<NoAnswer> => {
  const error = await asked.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(NoAnswer);
  return error as NoAnswer;
};

test('as many connections as there are requests under way, and they are kept', async () => {
  const held: ServerResponse[] = [];
  const there = await serving((request, response) => {
    if (request.url?.includes('held') === true) held.push(response);
    else response.end('{}');
  });
  const client = clientOf(urlOf(there));
  for (let asked = 0; asked < 20; asked++) await client.job('j_1');
  expect(there.made()).toBe(1);
  for (let round = 0; round < 3; round++) {
    const answers = Array.from({ length: 5 }, () => client.job('held'));
    await until('all five to be asked', DEADLINE_MS, () => held.length === 5);
    for (const response of held.splice(0)) response.end('{}');
    await Promise.all(answers);
  }
  expect(there.made()).toBe(5);
});

test('a path before the manager’s own, at an IPv6 address', async () => {
  const asked: IncomingMessage[] = [];
  const { port } = await serving((request, response) => {
    asked.push(request);
    response.end('{}');
  }, '::1');
  await clientOf(`http://[::1]:${port}/guard/`, { token: 'pg_1' }).job('a b');
  expect(asked.map(({ method, url, headers }) => [method, url, headers.host, headers.authorization])).toEqual([
    ['GET', '/guard/api/jobs/a%20b', `[::1]:${port}`, 'Bearer pg_1'],
  ]);
});

test('a character may come in two pieces', async () => {
  const bytes = Buffer.from(JSON.stringify({ name: '守卫 🛡' }));
  const there = await serving((_, response) => {
    response.flushHeaders();
    let at = 0;
    const timer = setInterval(() => {
      if (at === bytes.length) {
        clearInterval(timer);
        response.end();
      } else response.write(bytes.subarray(at, (at += 1)));
    }, 1);
  });
  expect(await clientOf(urlOf(there)).job('j_1')).toEqual({ name: '守卫 🛡' });
});

test('what answers in no words of a manager is told apart: for good, or until it is back', async () => {
  let asked = 0;
  const there = await serving((request, response) => {
    asked += 1;
    const isPassing = request.url?.includes('passing') === true && asked < 4;
    response
      .writeHead(isPassing ? 502 : 200)
      .end(isPassing ? '<html>' : request.url?.includes('page') ? '<html>' : '{}');
  });
  const client = clientOf(urlOf(there));
  expect(await client.job('passing')).toEqual({});
  expect(asked).toBe(4);
  await expect(client.job('page')).rejects.toThrow('what answers is no manager of ProcGuard (HTTP 200)');
});

test('a connection that is ended just as it is used: asked again, and it is the same submission', async () => {
  const keys: unknown[] = [];
  const there = await serving((request, response) => {
    keys.push(request.headers['idempotency-key']);
    if (keys.length === 2) request.socket.destroy();
    else response.end(SUBMITTED);
  });
  const client = clientOf(urlOf(there));
  await client.submit(JOB);
  await client.submit(JOB);
  expect(keys).toHaveLength(3);
  expect(keys[1]).toBe(keys[2]);
  expect(keys[0]).not.toBe(keys[1]);
  expect(there.made()).toBe(2);
});

test('one that is ended while it is idle is replaced', async () => {
  const answered: Socket[] = [];
  const there = await serving((request, response) => {
    answered.push(request.socket);
    response.end('{}');
  });
  const client = clientOf(urlOf(there), { patienceMs: 0 });
  await client.job('j_1');
  answered[0]?.destroy();
  await until('it to be gone', DEADLINE_MS, () => there.open() === 0);
  // It may not be told to this side yet: then the first try says so.
  await until('an answer', DEADLINE_MS, () =>
    client.job('j_1').then(
      () => true,
      () => false,
    ),
  );
  expect(there.made()).toBe(2);
});

test('an answer that is cut off is none: it says why, and keeps the cause', async () => {
  const there = await serving((request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"job_id":');
    setImmediate(() => request.socket.destroy());
  });
  const { message, cause, isFinal } = await shown(clientOf(urlOf(there), { patienceMs: 0 }).job('j_1'));
  expect(message).toMatch(/^no manager answers at http:\/\/127\.0\.0\.1:\d+\/ \((ECONNRESET|aborted)\)$/);
  expect(isNativeError(cause)).toBe(true);
  expect(isFinal).toBe(false);
});

test('a token that no request can carry is refused at once, and nothing is sent', async () => {
  const there = await serving((_, response) => void response.end('{}'));
  await expect(clientOf(urlOf(there), { token: 'two\nlines' }).job('j_1')).rejects.toThrow('authorization');
  expect(there.made()).toBe(0);
});

test('many may wait for a manager at once, and Node finds nothing wrong with it', async () => {
  const script = `
    const { ProcGuardClient } = require('procguard/client');
    const client = new ProcGuardClient({ url: 'http://127.0.0.1:${await quietPort()}', patienceMs: 200 });
    const asked = Array.from({ length: 20 }, () => client.job('j_1'));
    Promise.allSettled(asked).then((answers) => console.log(answers.length + ' answers'));`;
  const program = world.start([process.execPath, '-e', script], { cwd: resolve('.') });
  expect((await program.ended).code).toBe(0);
  expect(program.output.trim()).toBe('20 answers');
});

describe('when it is closed', () => {
  test.each([
    ['an answer is waited for', 'http'],
    ['the connection is being made', 'https'],
  ])('while %s, that is told, and the connection is gone', async (_, scheme) => {
    const there = await silent();
    const client = clientOf(`${scheme}://127.0.0.1:${there.port}`);
    const asked = shown(client.job('j_1'));
    await until('a connection', DEADLINE_MS, () => there.open() === 1);
    client.close();
    expect((await asked).message).toBe('the client was closed');
    await until('it to be gone', DEADLINE_MS, () => there.open() === 0);
  });

  test.each([
    ['with an idle connection and without being closed', 'await client.job("j_1");', 1],
    // What is asked second is answered, so the first is on its way.
    [
      'after it was closed in the middle of a request',
      'client.job("held").catch(() => {}); await client.job("j_1"); client.close();',
      2,
    ],
  ])('a program ends %s', async (_, lines, connections) => {
    const there = await serving((request, response) => {
      if (request.url?.includes('held') !== true) response.end('{}');
    });
    const script = `
      const { ProcGuardClient } = require('procguard/client');
      const client = new ProcGuardClient({ url: '${urlOf(there)}' });
      (async () => { ${lines} console.log('done'); })();`;
    const program = world.start([process.execPath, '-e', script], { cwd: resolve('.') });
    await until('its last line', DEADLINE_MS, () => program.output.includes('done'));
    const doneMs = performance.now();
    expect((await program.ended).code).toBe(0);
    // An idle connection ends after 40 s by itself.
    expect(performance.now() - doneMs).toBeLessThan(20_000);
    expect(there.made()).toBe(connections);
  });
});
