/** Further ports: the same server, with everything that is on it, and one end. */
import { get } from 'node:https';
import { createServer } from 'node:net';
import { io } from 'socket.io-client';
import { managerHere, type ManagerHere } from './manager-here';
import { quietPort } from '../harness/quiet-port';

let manager: ManagerHere | null = null;
afterEach(async () => {
  await manager?.stop();
  manager = null;
});
const startedAt = async (ports: readonly number[], env: Record<string, string> = {}): Promise<ManagerHere> =>
  (manager = await managerHere({ env: { PROCGUARD_WEB_ALSO_LISTEN: JSON.stringify(ports), ...env } }));
const statusAt = (port: number): Promise<number> =>
  fetch(`http://127.0.0.1:${port}/api/workers`).then(({ status }) => status);

test('requests and live connections are served at each of them, and at none after the stop', async () => {
  const [first, second] = [await quietPort(), await quietPort()];
  const started = await startedAt([first, second]);
  expect(await Promise.all([statusAt(first), statusAt(second)])).toEqual([200, 200]);

  const socket = io(`http://127.0.0.1:${second}`, { transports: ['websocket'], reconnection: false });
  await new Promise((done, fail) => socket.on('connect', () => done(null)).on('connect_error', fail));
  const ended = new Promise((done) => socket.on('disconnect', done));
  manager = null;
  await started.stop();
  await ended;
  await expect(statusAt(first)).rejects.toThrow('fetch failed');
  await expect(statusAt(second)).rejects.toThrow('fetch failed');
});

test('with TLS it is TLS there too', async () => {
  const port = await quietPort();
  await startedAt([port], { PROCGUARD_WEB_TLS_ENABLED: 'true' });
  const status = await new Promise((done, fail) => {
    const options = { port, host: '127.0.0.1', path: '/api/workers', rejectUnauthorized: false, agent: false };
    get(options, (reply) => done(reply.resume().statusCode)).on('error', fail);
  });
  expect(status).toBe(200);
});

test('one that is taken ends the start with its number and its key, and frees the others', async () => {
  const free = await quietPort();
  const other = createServer();
  const taken = await quietPort();
  await new Promise<void>((done) => other.listen(taken, '127.0.0.1', done));
  await expect(startedAt([free, taken])).rejects.toThrow(
    `port ${taken} is in use by another program; stop it or choose another port with web.also_listen`,
  );
  await new Promise((done) => other.close(done));
  await startedAt([free, taken]);
  expect(await statusAt(free)).toBe(200);
});
