/** Whatever comes in at the borders, the manager answers, stays up, and forgets nothing it knew. */
import * as fc from 'fast-check';
import { connect } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { managerHere, type ManagerHere } from './manager-here';
import { ScriptedLauncher } from './scripted-launcher';
import { RUN, running, stopped } from '../harness/launcher-words';

let manager: ManagerHere;
let launcher: ScriptedLauncher;
beforeAll(async () => {
  manager = await managerHere();
  launcher = new ScriptedLauncher(manager.url, 'w1');
  await launcher.register();
  await launcher.connect();
  await launcher.sync(running(), [RUN]);
  await launcher.ship(RUN, 0, 'kept\n');
});
afterAll(async () => {
  launcher.close();
  await manager.stop();
});

/** What was true before must be true after, and the manager must still do its work. */
async function isWell(): Promise<void> {
  expect((await manager.get('/healthz')).body).toEqual({ status: 'ok' });
  expect((await manager.get('/api/workers')).body.w1).toMatchObject({ status: 'running', pid: 4711 });
  expect((await manager.get('/api/workers/w1/logs?format=text&limit=0')).text).toBe('kept\n');
  expect(manager.journal.filter((line) => line.includes('    at '))).toEqual([]);
}

const word = fc.oneof(
  fc.constantFrom(
    'w1',
    '__proto__',
    'constructor',
    '..',
    '%2e%2e%2f',
    'a/b',
    '\u0000',
    '%',
    '💥',
    '-1',
    'x'.repeat(300),
  ),
  fc.string(),
);
const path = fc
  .tuple(
    fc.constantFrom(
      '/api/workers',
      '/api/remote-workers',
      '/api/logs',
      '/api/events',
      '/api/batch',
      '/api/processes',
      '/api',
      '/link/v1/output',
      '/metrics',
      '',
    ),
    fc.array(
      fc.oneof(
        word,
        fc.constantFrom('heartbeat', 'logs', 'command', 'stop', 'register', 'processes', 'unregister', 'search'),
      ),
      { maxLength: 3 },
    ),
    fc.option(
      fc.dictionary(
        fc.oneof(
          word,
          fc.constantFrom(
            'limit',
            'since',
            'grep',
            'offset',
            'bytes',
            'q',
            'regex',
            'worker',
            'process',
            'run',
            'format',
          ),
        ),
        word,
        { maxKeys: 4 },
      ),
    ),
  )
  .map(([base, segments, query]) => {
    const tail = segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
    return base + tail + (query === null ? '' : `?${new URLSearchParams(query).toString()}`);
  })
  // These two do what they say: they forget workers.
  .filter((target) => !/reset|cleanup|w1\/unregister/.test(target));
const json = fc.oneof(
  fc.json(),
  fc.string(),
  fc.constant('{"a":'),
  fc
    .record(
      {
        worker_id: fc.oneof(fc.anything(), fc.constant('w9')),
        command: fc.oneof(fc.anything(), fc.constantFrom('start', 'nonsense')),
        selector: fc.anything(),
        status: fc.anything(),
        pid: fc.anything(),
        message: fc.anything(),
        launcher: fc.anything(),
        wait: fc.constant(false),
        __proto__: fc.anything(),
      },
      { requiredKeys: [] },
    )
    .map(
      (value) =>
        JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)) ?? '',
    ),
);

test('HTTP: any path, query and body is answered, and never with 500', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
      path,
      json,
      fc.constantFrom(null, 'application/json', 'text/plain', 'a;;b'),
      async (method, target, body, type) => {
        // Clearing the output by its true name is not noise, and neither is removing the process.
        fc.pre(!(method === 'DELETE' && target.startsWith('/api/workers/w1/')));
        fc.pre(!(method === 'POST' && /^\/api\/workers\/w1\/(command|start|stop|restart|kill)/.test(target)));
        const response = await fetch(manager.url + target, {
          method,
          ...(method === 'GET' ? {} : { body }),
          ...(type === null ? {} : { headers: { 'content-type': type } }),
        });
        await response.arrayBuffer();
        expect(response.status).toBeLessThan(500);
      },
    ),
    { numRuns: 600 },
  );
  await isWell();
});

test('raw bytes on the port end the connection and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      const { hostname, port } = new URL(manager.url);
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.end(Buffer.from(bytes)));
        socket
          .on('error', () => resolve())
          .on('close', () => resolve())
          .resume();
      });
    }),
    { numRuns: 100 },
  );
  await isWell();
});

/** Every event name of both protocols, and others; every kind of argument. */
const events = fc.constantFrom(
  'watch',
  'log.follow',
  'log.unfollow',
  'subscribe',
  'sync',
  'facts',
  'beat',
  'command',
  'acked',
  'delta',
  '__proto__',
  'x',
);
const argument = fc.oneof(
  fc.jsonValue(),
  fc.record({ worker_id: word, process: word }),
  fc.record({ facts: fc.array(fc.record({ seq: fc.integer(), atMs: fc.double(), fact: fc.jsonValue() })) }),
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
);

test('Socket.IO, as a browser: any event with any arguments', async () => {
  const socket = await connected(io(manager.url, { transports: ['websocket'], forceNew: true }));
  await fc.assert(
    fc.asyncProperty(events, fc.array(argument, { maxLength: 3 }), fc.boolean(), async (event, args, ack) => {
      if (socket.disconnected) await connected(socket.connect());
      socket.emit(event, ...args, ...(ack ? [() => undefined] : []));
    }),
    { numRuns: 300 },
  );
  const snapshot = (await socket.timeout(60_000).emitWithAck('watch')) as { workers: unknown[] };
  expect(snapshot.workers.length).toBeGreaterThan(0);
  socket.disconnect();
  await isWell();
});

test('Socket.IO, as a launcher: any event with any arguments costs the launcher its connection at most', async () => {
  const noisy = new ScriptedLauncher(manager.url, 'noisy');
  await noisy.register();
  await noisy.connect();
  await fc.assert(
    fc.asyncProperty(events, fc.array(argument, { maxLength: 2 }), async (event, args) => {
      if (!noisy.isConnected) {
        noisy.close();
        await noisy.connect();
      }
      noisy.say(event, ...args);
    }),
    { numRuns: 300 },
  );
  noisy.close();
  await noisy.connect();
  await noisy.sync(stopped);
  noisy.close();
  await isWell();
});

test('handshakes of any content are refused or served, never fatal', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.oneof(word, fc.constantFrom('worker', 'instance', 'protocol')), fc.jsonValue()),
      async (auth) => {
        const socket = io(`${manager.url}/launcher`, {
          auth,
          transports: ['websocket'],
          reconnection: false,
          forceNew: true,
        });
        await new Promise<void>((resolve) =>
          socket.once('connect', () => resolve()).once('connect_error', () => resolve()),
        );
        socket.disconnect();
      },
    ),
    { numRuns: 60 },
  );
  await isWell();
});

const connected = (socket: Socket): Promise<Socket> =>
  new Promise((resolve, reject) => {
    if (socket.connected) return resolve(socket);
    socket.once('connect', () => resolve(socket)).once('connect_error', reject);
  });
