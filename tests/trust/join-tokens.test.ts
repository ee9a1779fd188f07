/** Join tokens: the line to copy, how many they let in and how long, and what they lay over a worker's own labels. */
import { managerHere, type ManagerHere } from '../api/manager-here';
import { ScriptedLauncher } from '../api/scripted-launcher';
import { PROCGUARD } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import type { MintedToken, TokenView } from '../../protocol/trust-http';

const world = useWorld();
let manager: ManagerHere;
beforeEach(async () => (manager = await managerHere()));
afterEach(() => manager.stop());

async function mint(body: object = {}): Promise<MintedToken> {
  const { status, body: minted } = await manager.post('/api/admin/join-tokens', body);
  expect(status).toBe(200);
  return minted as MintedToken;
}

/** The code of the refusal; null = it is in. */
async function comes(id: string, token: string, labels: Record<string, string> = {}): Promise<string | null> {
  const reply = await new ScriptedLauncher(manager.url, id, { token, key: `wk_of_${id}`, labels }).register();
  return reply.ok ? null : ((await reply.json()) as { code: string }).code;
}

const listed = async (): Promise<TokenView[]> => (await manager.get('/api/tokens?all=1')).body.tokens;

test('one machine and a day, unless more is said; the token is shown once, and its line with it', async () => {
  const minted = await mint();
  expect(minted).toMatchObject({ kind: 'join', uses_left: 1, labels: {}, grants: [], owner: null });
  expect((minted.expires_at_ms ?? 0) - minted.created_at_ms).toBe(86_400_000);
  expect(minted.join_command).toBe(`curl -fsSL ${manager.url}/join | sh -s -- --token ${minted.token}`);
  expect((await listed()).map(({ id }) => id)).toEqual([minted.id]);
  expect((await manager.get('/api/tokens?all=1')).text).not.toContain(minted.token);
});

test('it lets in as many as it says, and each of them again by its own key', async () => {
  const { token } = await mint({ uses: 2 });
  expect([await comes('a', token), await comes('b', token)]).toEqual([null, null]);
  expect(await listed()).toEqual([]);
  expect([await comes('c', token), await comes('a', token)]).toEqual(['invalid_token', null]);
});

test('any number of machines, until it is revoked; who came by it stays', async () => {
  const { token, id } = await mint({ uses: null, expires: null });
  expect([await comes('a', token), await comes('b', token), await comes('c', token)]).toEqual([null, null, null]);
  expect((await fetch(`${manager.url}/api/tokens/${id}`, { method: 'DELETE' })).status).toBe(200);
  expect([await comes('d', token), await comes('a', token)]).toEqual(['invalid_token', null]);
});

test('it ends when it says, and is forgotten', async () => {
  // Long enough for whoever comes at once, also on a machine that is slow.
  const { token } = await mint({ uses: null, expires: '15s' });
  expect(await comes('a', token)).toBeNull();
  await until('it to be forgotten', 60_000, async () => (await listed()).length === 0);
  expect([await comes('b', token), await comes('a', token)]).toEqual(['invalid_token', null]);
});

test('its labels win over those that the machine tells, and reach nothing else', async () => {
  const { token } = await mint({ labels: { team: 'nlp' } });
  expect(await comes('a', token, { team: 'root', gpu: 'a100' })).toBeNull();
  const { workers } = (await manager.get('/api/nodes')).body as { workers: { labels: object }[] };
  expect(workers[0]?.labels).toEqual({ team: 'nlp', gpu: 'a100' });
});

test('a worker id that belongs to another key is not taken over by it', async () => {
  const { token } = await mint({ uses: null });
  expect(await comes('a', token)).toBeNull();
  const thief = new ScriptedLauncher(manager.url, 'a', { token, key: 'wk_of_a_thief' });
  expect(((await (await thief.register()).json()) as { code: string }).code).toBe('worker_taken');
});

test.each([{ uses: 0 }, { uses: 1.5 }, { expires: 'soon' }, { expires: '0s' }, { labels: { a: 1 } }, { name: '' }])(
  '%j is refused, and no token is made',
  async (body) => {
    expect(await manager.post('/api/admin/join-tokens', body)).toMatchObject({ status: 400 });
    expect(await listed()).toEqual([]);
  },
);

test('an address that cannot be written into a script makes no token', async () => {
  const argv = ['curl', '-s', '-H', 'Host: $(id).localhost', '-d', '{}', `${manager.url}/api/admin/join-tokens`];
  const curl = world.start(argv);
  await curl.ended;
  expect(JSON.parse(curl.output)).toMatchObject({ code: 'bad_request' });
  expect(await listed()).toEqual([]);
});

describe('procguard join-token', () => {
  async function joinToken(...flags: string[]): Promise<{ code: number | null; output: string }> {
    const program = world.start([process.execPath, PROCGUARD, '--url', manager.url, 'join-token', ...flags]);
    const { code } = await program.ended;
    return { code, output: program.output };
  }

  test('prints the line; what is said of it is no part of it', async () => {
    const { code, output } = await joinToken(
      '--uses',
      '3',
      '--expires',
      '7d',
      '--labels',
      'team=nlp,gpu=a100',
      '--name',
      'lab',
    );
    expect(code).toBe(0);
    expect(output).toMatch(
      /^curl -fsSL http:\S+\/join \| sh -s -- --token jt_\S+\nfor 3 machines, until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d;/,
    );
    // A manager that listens on this machine alone can be joined by nobody else.
    expect(output).toContain('set web.host, or web.public_url');
    expect(await listed()).toMatchObject([{ name: 'lab', uses_left: 3, labels: { team: 'nlp', gpu: 'a100' } }]);
  });

  test('any number, for ever', async () => {
    expect((await joinToken('--uses', 'any', '--expires', 'never')).output).toContain(
      'for any number of machines, until it is revoked',
    );
  });

  test.each([
    ['--uses', '0'],
    ['--labels', 'nlp'],
    ['--expires', 'soon'],
  ])('%s %s is refused', async (flag, value) => {
    expect(await joinToken(flag, value)).toMatchObject({ code: 2 });
    expect(await listed()).toEqual([]);
  });
});
