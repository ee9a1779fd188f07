/** Routes that are answered without Express answer as with it. The same request with a query goes the usual way. */
import { LIMITS } from '../../protocol/limits';
import { managerHere, type ManagerHere } from './manager-here';

let manager: ManagerHere;
beforeAll(async () => {
  manager = await managerHere();
  await manager.post('/api/workers/register', { worker_id: 'plain1', command: 'x' });
});
afterAll(() => manager.stop());

const SAME_HEADERS = ['content-type', 'cache-control', 'x-content-type-options', 'www-authenticate'];

async function answer(path: string, body: string, headers: Record<string, string>) {
  const response = await fetch(manager.url + path, { method: 'POST', body, headers });
  const shown = Object.fromEntries(SAME_HEADERS.map((name) => [name, response.headers.get(name)]));
  const { command_id: _, ...told } = (await response.json()) as Record<string, unknown>;
  return { status: response.status, shown, told, isOfExpress: response.headers.has('content-security-policy') };
}

test.each<[string, number, string, string, Record<string, string>]>([
  ['what is done', 200, 'plain1', '{"command":"stop","wait":false}', {}],
  ['no body', 400, 'plain1', '', {}],
  ['no JSON', 400, 'plain1', '{"command": start}', {}],
  ['another content type', 200, 'plain1', '{"command":"stop","wait":false}', { 'content-type': 'text/plain' }],
  ['a body over the limit', 413, 'plain1', JSON.stringify({ command: 'x'.repeat(LIMITS.bodyBytesMax) }), {}],
  ['a worker that is not known', 404, 'w9', '{"command":"stop"}', {}],
  ['a name with a space', 404, 'w%209', '{"command":"stop"}', {}],
  ['a proof that does not hold', 401, 'plain1', '{"command":"stop"}', { authorization: 'Bearer pg_nobodys' }],
])('%s: %i', async (_, status, id, body, headers) => {
  const path = `/api/workers/${id}/command`;
  const [straight, usual] = [await answer(path, body, headers), await answer(`${path}?by=express`, body, headers)];
  expect([straight.status, straight.isOfExpress, usual.isOfExpress]).toEqual([status, false, true]);
  expect(straight.shown).toEqual(usual.shown);
  expect(straight.told).toEqual(usual.told);
});

test.each(['/api/workers/%zz/command', '/api/workers//command', '/api/workers/plain1/command/'])(
  'a path that is not quite one is left to Express: %s',
  async (path) => {
    expect((await answer(path, '{"command":"stop","wait":false}', {})).isOfExpress).toBe(true);
  },
);
