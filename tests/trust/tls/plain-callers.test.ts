/** One port, and who comes to it without TLS, slowly, or not at all. */
import { connect as connectPlain } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import { Duplex } from 'node:stream';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { read, startTlsManager, type TlsManager } from './tls-here';

const world = useWorld();
const DEADLINE_MS = 60_000;

const plain = ({ port }: TlsManager, headers: Readonly<Record<string, string>> = {}, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}/api/workers/register`, { redirect: 'manual', headers, ...init });

test('a program is told, and nothing of its request is done', async () => {
  const manager = await startTlsManager(world);
  const body = JSON.stringify({ worker_id: 'w1', command: 'true' });
  const reply = await plain(manager, { 'content-type': 'application/json' }, { method: 'POST', body });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({
    success: false,
    code: 'tls_required',
    error: expect.stringContaining(`https://127.0.0.1:${manager.port}`),
  });
});

test('somebody who types the address is led on', async () => {
  const manager = await startTlsManager(world);
  const reply = await fetch(`http://127.0.0.1:${manager.port}/?w=1`, {
    redirect: 'manual',
    headers: { accept: 'text/html,*/*' },
  });
  expect([reply.status, reply.headers.get('location')]).toEqual([307, `${manager.url}/?w=1`]);
});

test('a WebSocket without TLS gets no connection', async () => {
  const manager = await startTlsManager(world);
  const socket = connectPlain(manager.port, '127.0.0.1').on('error', () => {});
  let said = '';
  socket.on('data', (bytes) => (said += bytes.toString()));
  socket.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await until('its end', DEADLINE_MS, () => socket.readableEnded || socket.destroyed);
  expect(said).toMatch(/^HTTP\/1\.1 400 .*tls_required/s);
});

/** Gives what is written to it on, a byte at a time. */
class Dripping extends Duplex {
  constructor(private readonly line: Duplex) {
    super();
    line
      .on('data', (bytes) => this.push(bytes))
      .on('end', () => this.push(null))
      .on('error', (error) => this.destroy(error));
  }
  override _read(): void {}
  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const drip = (i: number): void =>
      void (i === bytes.length ? done() : this.line.write(bytes.subarray(i, i + 1), () => setImmediate(drip, i + 1)));
    drip(0);
  }
}

test('a handshake that comes byte by byte is one', async () => {
  const manager = await startTlsManager(world);
  const line = connectPlain({ port: manager.port, host: '127.0.0.1', noDelay: true });
  const socket = connect({ socket: new Dripping(line), ca: read(manager.caFile), servername: 'localhost' });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  expect(socket).toBeInstanceOf(TLSSocket);
  expect(socket.authorized).toBe(true);
  socket.destroy();
  line.destroy();
});

test('who connects and says nothing, or half a word, does not keep a manager from ending', async () => {
  const manager = await startTlsManager(world);
  const lines = ['', '\x16\x03', 'GET /heal'].map((word) => {
    const line = connectPlain(manager.port, '127.0.0.1').on('error', () => {});
    line.write(word);
    return line;
  });
  await until('them to be connected', DEADLINE_MS, () => lines.every((line) => line.readyState === 'open'));
  expect((await manager.program.end()).code).toBe(0);
  await until('them to be ended', DEADLINE_MS, () => lines.every((line) => line.destroyed || line.readableEnded));
  for (const line of lines) line.destroy();
});
