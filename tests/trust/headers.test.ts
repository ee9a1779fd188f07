/** What browsers are told with each answer, over plain HTTP and over TLS, and what they may do with the cookie. */
import { useWorld } from '../harness/world';
import { StartedManager } from '../harness/manager';
import { ask, read, startTlsManager, type Answer } from './tls/tls-here';

const world = useWorld();
const ADMIN = { username: 'alice', password: 'correct horse battery' };

interface Here {
  readonly isTls: boolean;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
}

/** By a name that is no localhost, for that one is told nothing of TLS. */
const NAMED = { PROCGUARD_WEB_ALLOWED_HOSTS: '[guard.example]' };
const HOST = { host: 'guard.example' };

async function overTls(): Promise<Here> {
  const manager = await startTlsManager(world, { env: NAMED });
  const as = { ca: read(manager.caFile), headers: HOST, servername: 'guard.example' };
  return {
    isTls: true,
    get: (path) => ask(manager.url + path, as),
    post: (path, body) => ask(manager.url + path, { ...as, method: 'POST' }, JSON.stringify(body)),
  };
}

async function overPlainHttp(): Promise<Here> {
  const { url } = await StartedManager.start(world, { env: NAMED });
  return {
    isTls: false,
    get: (path) => ask(url + path, { headers: HOST }),
    post: (path, body) => ask(url + path, { headers: HOST, method: 'POST' }, JSON.stringify(body)),
  };
}

const directivesOf = ({ headers }: Answer): Record<string, string> =>
  Object.fromEntries(
    String(headers['content-security-policy'])
      .split(';')
      .map((directive) => directive.trim().split(/ (.*)/) as [string, string]),
  );

const attributesOf = ({ headers }: Answer): string[] =>
  (headers['set-cookie']?.[0] ?? '').split('; ').filter((word) => !/^(procguard_session|Expires|Max-Age)=/.test(word));

describe.each([
  ['plain HTTP', overPlainHttp],
  ['TLS', overTls],
] as const)('over %s', (_name, start) => {
  test('a page loads only what is served here, is in no frame, and is what it says it is', async () => {
    const { get, isTls } = await start();
    // A page, a file, an answer, a refusal, and what is not there.
    for (const path of ['/', '/healthz', '/api/session', '/api/docs/', '/api/workers/none/processes', '/nothing']) {
      const answer = await get(path);
      const { headers } = answer;
      const policy = directivesOf(answer);
      expect([path, policy['default-src'], policy['frame-ancestors'], policy['object-src']]).toEqual([
        path,
        "'self'",
        "'none'",
        "'none'",
      ]);
      // Nothing written into a page runs, on none of them.
      expect([path, policy['script-src'] ?? policy['default-src']]).toEqual([path, "'self'"]);
      expect([path, headers['x-content-type-options'], headers['x-frame-options'], headers['x-powered-by']]).toEqual([
        path,
        'nosniff',
        'DENY',
        undefined,
      ]);
      expect([path, headers['strict-transport-security'] !== undefined]).toEqual([path, isTls]);
    }
  });

  test('the cookie is no script’s, no other page’s, and over TLS never sent without it', async () => {
    const { post, isTls } = await start();
    expect((await post('/api/admin/users', { ...ADMIN, grants: ['admin'] })).status).toBe(200);
    const wrong = await post('/api/session', { ...ADMIN, password: 'wrong' });
    expect([wrong.status, wrong.headers['set-cookie']]).toEqual([401, undefined]);
    const told = await post('/api/session', ADMIN);
    expect(told.status).toBe(200);
    expect(new Set(attributesOf(told))).toEqual(
      new Set(['Path=/', 'HttpOnly', 'SameSite=Strict', ...(isTls ? ['Secure'] : [])]),
    );
  });
});
