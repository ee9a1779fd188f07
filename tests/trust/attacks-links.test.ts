/** From the outside, by whatever a stranger or a worker can say: to be at home, to be another, to take up room. */
import { connect } from 'node:net';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { Asker, ELSEWHERE } from './asker';

let manager: ManagerHere;
beforeEach(async () => (manager = await managerHere()));
afterEach(async () => manager.stop());

/** What comes back to bytes as they are, until the other side ends. */
const raw = (bytes: string, behindTheAnswer = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const line = connect(Number(new URL(manager.url).port), '127.0.0.1', () => line.write(bytes));
    line.setEncoding('utf8').on('data', (piece: string) => {
      if (answer === '') line.write(Buffer.from(behindTheAnswer, 'latin1'));
      answer += piece;
    });
    line
      // Whoever writes on is told of its end by one or the other.
      .on(
        'error',
        (error: NodeJS.ErrnoException) => !['ECONNRESET', 'EPIPE'].includes(error.code ?? '') && reject(error),
      )
      .on('close', () => resolve(answer));
  });
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe('at home is who calls by himself', () => {
  test('HTTP/1.1 from this machine is at home; HTTP/1.0 is a proxy that names nobody', async () => {
    const ask = (version: string): Promise<string> =>
      raw(`GET /api/workers HTTP/${version}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    expect(statusOf(await ask('1.1'))).toBe(200);
    expect(statusOf(await ask('1.0'))).toBe(401);
  });

  test.each(['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Proto: https', 'X-Real-IP: ::1', 'Via: 1.1 x', 'CDN-Loop: x'])(
    'a request with %s came through a proxy',
    async (header) => {
      const answer = await raw(
        `GET /api/workers HTTP/1.1\r\nHost: 127.0.0.1\r\n${header}\r\nConnection: close\r\n\r\n`,
      );
      expect(statusOf(answer)).toBe(401);
    },
  );
});

describe('a stranger', () => {
  test.each(['there', 'not-there'])('learns nothing of worker %s, and no body of his is read', async (id) => {
    await manager.post('/api/workers/register', { worker_id: 'there', command: 'x' });
    const stranger = new Asker(manager, ELSEWHERE);
    for (const path of [`/api/workers/${id}/logs`, `/api/workers/${id}/unregister`]) {
      const { status, body } = await stranger.post(path, '{ this is no JSON');
      expect({ status, code: (body as { code: string }).code }).toEqual({ status: 401, code: 'login_required' });
    }
  });

  test('has no large message held for him, on no carrier, before he is admitted', async () => {
    const upgrade =
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n' +
      'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    // A frame of 4 MiB, which is never ended.
    const frame = `\x81\xff${'\0'.repeat(5)}\x40${'\0'.repeat(6)}${'x'.repeat(1024 * 1024)}`;
    expect(await raw(upgrade, frame)).toContain('101 Switching Protocols');
    const url = `${manager.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1)) as { sid: string };
    const polled = fetch(`${url}&sid=${sid}`, { method: 'POST', body: '4'.repeat(1024 * 1024) });
    await expect(polled).rejects.toThrow('fetch failed');
  });

  test('registers with few words', async () => {
    const { status, body } = await new Asker(manager, ELSEWHERE).post('/api/workers/register', {
      worker_id: 'w1',
      command: 'x'.repeat(300_000),
    });
    expect({ status, code: (body as { code: string }).code }).toEqual({ status: 413, code: 'body_too_large' });
  });
});
