/**
 * Every way in, tried by each kind of principal with a real request. What comes out is docs/permissions.md: the page says
 * what is so, and `UPDATE_DOCS=1` writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { PERMISSIONS } from '../../protocol/trust';
import { allEntries } from '../../src/faces/entries';
import type { Entry } from '../../src/faces/entry';
import type { HttpParts } from '../../src/faces/http/route';
import { allRoutes, webApp, type WebFace } from '../../src/faces/http/server';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { ScriptedLauncher } from '../api/scripted-launcher';
import { RUN, running } from '../harness/launcher-words';
import { Asker, cookieOf } from './asker';
import { schedule, tried, type Verdict } from './every-entry';

const PAGE = 'docs/permissions.md';
const PASSWORD = 'correct horse battery';
const NLP = { team: 'nlp' };

const entries = allEntries(allRoutes({} as HttpParts));
/** They take away what the others need, so they come last, and all is put back behind each. */
const ENDS =
  /workers\/(reset|cleanup)|unregister|DELETE \/api\/(admin\/workers|session$|workers\/:id\/processes)|\/token$/;

let manager: ManagerHere;
const launchers = new Map<string, ScriptedLauncher>();
const tokens = new Map<string, string>();
let home: Asker;
let admin: Asker;

beforeAll(async () => {
  manager = await managerHere();
  home = new Asker(manager, {});
  for (const worker of ['inside', 'outside']) {
    const labels = worker === 'inside' ? NLP : { team: 'vision' };
    tokens.set(
      worker,
      (await home.post('/api/admin/workers', { name: worker, worker_id: worker, labels })).body.token as string,
    );
  }
  for (const [username, grants] of [
    ['alice', ['admin']],
    ['olga', ['operator']],
    ['nils', ['operator on team=nlp']],
    ['vera', ['viewer']],
  ] as const)
    await (username === 'alice' ? home : (admin ?? home))
      .post('/api/admin/users', { username, password: PASSWORD, grants })
      .then(async () => void (username === 'alice' && (admin = await person('alice'))));
  await putBack();
});
afterAll(async () => {
  for (const launcher of launchers.values()) launcher.close();
  await manager.stop();
});

/** A session as a token: the header that a cookie needs is login.test.ts's. */
async function person(username: string): Promise<Asker> {
  const told = await new Asker(manager).post('/api/session', { username, password: PASSWORD });
  return new Asker(manager).bearer(cookieOf(told).split('=')[1] ?? '');
}

async function putBack(): Promise<void> {
  admin = await person('alice');
  for (const worker of ['inside', 'outside']) {
    // A job of each worker, named as it is; where it is there already it is the same.
    await admin.post('/api/jobs', { id: worker, command: 'x', needs: { worker }, hold: true });
    await admin.ask('PUT', `/api/schedules/${worker}`, schedule(worker));
    launchers.get(worker)?.close();
    const known = (await admin.get(`/api/admin/workers`)).body.workers as {
      worker_id: string;
      credential: string | null;
    }[];
    const isMinted = known.some(({ worker_id: id, credential }) => id === worker && credential !== null);
    const labels = worker === 'inside' ? NLP : { team: 'vision' };
    const minted = isMinted
      ? await admin.post(`/api/admin/workers/${worker}/token`)
      : await admin.post('/api/admin/workers', { name: worker, worker_id: worker, labels });
    tokens.set(worker, minted.body.token as string);
    const launcher = new ScriptedLauncher(manager.url, worker, { token: minted.body.token as string });
    launchers.set(worker, launcher);
    await launcher.register();
    await launcher.connect();
    await launcher.sync(running(), [RUN]);
    for (const command of ['a', 'b'])
      await admin.ask('POST', '/api/apply?wait=false', {
        set: `set-of-${worker}`,
        processes: [{ name: 'given', worker, command }],
      });
  }
}

interface Column {
  readonly title: string;
  readonly worker: 'inside' | 'outside';
  readonly asker: () => Promise<Asker>;
}
const workerAsker = (): Promise<Asker> => Promise.resolve(new Asker(manager).bearer(tokens.get('inside') ?? ''));
const COLUMNS: readonly Column[] = [
  { title: 'nobody, from elsewhere', worker: 'inside', asker: () => Promise.resolve(new Asker(manager)) },
  { title: 'viewer', worker: 'inside', asker: () => person('vera') },
  { title: 'operator on team=nlp, there', worker: 'inside', asker: () => person('nils') },
  { title: 'the same, elsewhere', worker: 'outside', asker: () => person('nils') },
  { title: 'operator', worker: 'inside', asker: () => person('olga') },
  { title: 'admin', worker: 'inside', asker: () => person('alice') },
  { title: 'a worker, for itself', worker: 'inside', asker: workerAsker },
  { title: 'a worker, for another', worker: 'outside', asker: workerAsker },
];

test('the server has no way in that is not in the table', () => {
  const engine = { feed: { listen: () => () => undefined } };
  const jobFigures = { listen: () => undefined };
  const info = () => ({ version: '0' });
  const face = { engine, jobFigures, info, docsDir: '.', webDir: null } as unknown as WebFace;
  const { stack } = webApp(face).router as unknown as {
    stack: { name: string; route?: { path: string; methods: Record<string, boolean> } }[];
  };
  const served = stack.flatMap(({ route }) =>
    route === undefined ? [] : Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`),
  );
  const named = entries.filter(({ over }) => over === 'http').map(({ name }) => name);
  expect(named).toEqual(expect.arrayContaining(served));
  // Page headers; the docs with their entrance; what is not part of the API; what is nowhere; errors.
  expect(stack.filter(({ route }) => route === undefined)).toHaveLength(6);
  expect(new Set(named).size).toBe(named.length);
});

test('each role at each entry: the page says what is so', async () => {
  const askers = await Promise.all(COLUMNS.map(({ asker }) => asker()));
  const results = new Map<Entry, Verdict[]>();
  const inOrder = [...entries].sort((a, b) => Number(ENDS.test(a.name)) - Number(ENDS.test(b.name)));
  for (const entry of inOrder) {
    const row: Verdict[] = [];
    for (const [index, column] of COLUMNS.entries()) {
      const isLast = ENDS.test(entry.name);
      const asker = isLast || entry.over === 'link' ? await column.asker() : (askers[index] as Asker);
      row.push(await tried(entry, asker, manager.url, column.worker));
      if (row.at(-1) === 'yes' && isLast) await putBack();
    }
    results.set(entry, row);
  }
  const page = pageOf(results);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
}, 900_000);

const SIGN: Readonly<Record<Verdict, string>> = { yes: 'yes', no: 'no', login: 'log in' };
const OVER = { http: 'HTTP', road: 'HTTP, of workers', live: 'Socket.IO, of pages', link: 'of launchers' } as const;

function pageOf(results: ReadonlyMap<Entry, readonly Verdict[]>): string {
  const rights = Object.entries(PERMISSIONS).map(([name, { least, what }]) => `| \`${name}\` | ${least} | ${what} |`);
  const rows = entries.map((entry) => {
    const cells = (results.get(entry) ?? []).map((verdict) => SIGN[verdict]);
    return `| ${OVER[entry.over]} | \`${entry.name}\` | \`${entry.permission}\` | ${cells.join(' | ')} |`;
  });
  return `# Who may do what

This page is written by a test that tries every way in as everybody (\`tests/trust/permissions.test.ts\`; \`UPDATE_DOCS=1\` writes it anew).

A permission belongs to the least role that has it, and to every higher one. A grant may be for some workers only (\`operator on team=nlp\`): what changes something is then
held to the labels of each worker that it changes, and what changes no worker in particular needs a grant for all. Reading is of the whole fleet.

| permission | least role | what it does |
|---|---|---|
${rights.join('\n')}

While no user is defined, whoever asks from the manager's own machine is an admin ([security](security.md)). *yes*: let in. *no*: known, and refused. *log in*: refused until
a login or a token is shown.

| by | entry | permission | ${COLUMNS.map(({ title }) => title).join(' | ')} |
|---|---|---|${COLUMNS.map(() => '---').join('|')}|
${rows.join('\n')}
`;
}
