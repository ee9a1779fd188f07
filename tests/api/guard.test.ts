/** Foreign pages and foreign names. Node's fetch may not set Host, so these speak raw HTTP. */
import { request } from 'node:http';
import { io } from 'socket.io-client';
import { managerHere, type ManagerHere } from './manager-here';

let manager: ManagerHere;
beforeAll(async () => {
  manager = await managerHere({ env: { PROCGUARD_WEB_ALLOWED_HOSTS: '[manager.example]' } });
});
afterAll(() => manager.stop());

function ask(
  headers: Record<string, string>,
  method = 'GET',
  path = '/api/status',
): Promise<{ status: number; code: string | undefined }> {
  return new Promise((resolve, reject) => {
    const asked = request(manager.url + path, { method, headers }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          code: text.startsWith('{') ? (JSON.parse(text) as { code?: string }).code : undefined,
        }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

test.each([
  'evil.example',
  'evil.example:5000',
  '127.0.0.1.evil.example',
  'user@localhost',
  '[::1',
  'localhost.evil.example',
])('the Host %j is refused', async (host) => {
  expect((await ask({ host })).status).toBeGreaterThanOrEqual(400);
});
test.each([
  'localhost:1',
  '127.0.0.1',
  '[::1]:5000',
  '10.1.2.3:5000',
  'manager.example:5000',
  'MANAGER.example.',
  'x.localhost',
])('the Host %j is ours', async (host) => {
  expect((await ask({ host })).status).toBe(200);
});
test.each(['http://evil.example', 'null', 'https://localhost:1', 'http://127.0.0.1:1'])(
  'a page of %j is refused, reading and writing',
  async (origin) => {
    expect(await ask({ origin })).toEqual({ status: 403, code: 'forbidden_origin' });
    expect(await ask({ origin }, 'POST', '/api/workers/reset')).toEqual({ status: 403, code: 'forbidden_origin' });
    expect(await ask({ origin }, 'POST', '/api/workers/w/heartbeat')).toEqual({
      status: 403,
      code: 'forbidden_origin',
    });
  },
);
test("the manager's own page is let in, a cross-site read without Origin is not, a link from elsewhere is", async () => {
  expect((await ask({ origin: manager.url })).status).toBe(200);
  expect(
    (await ask({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })).status,
  ).toBe(403);
  expect(
    (await ask({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })).status,
  ).toBe(200);
});
test('a socket of a foreign page is refused', async () => {
  const socket = io(manager.url, {
    transports: ['websocket'],
    reconnection: false,
    extraHeaders: { origin: 'http://evil.example' },
  });
  await expect(
    new Promise((resolve, reject) => socket.once('connect', () => resolve('connected')).once('connect_error', reject)),
  ).rejects.toBeDefined();
  socket.disconnect();
});
