/**
 * A secret given by every road there is, and then looked for everywhere: on the disks of manager and launchers, in their
 * logs, in every answer, in what a browser was sent and keeps. Its program alone has it.
 */
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MASK } from '../../protocol/secret-names';
import { useDashboards, withBrowser } from '../dashboard/browser';
import { untilProcess } from '../dashboard/fleet-here';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { PROCGUARD, StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { filesWith } from './places';

const MARK = 'mark-of-a-secret';
const dashboards = useDashboards();
const world = useWorld();

/** Says which value it was given, without saying it. */
const TELLING = 'printf "%s" "$API_TOKEN$DSN" | sha256sum; exec sleep 1000';
const told = (values: string): string => createHash('sha256').update(values).digest('hex');
const secretsOf = (road: string) => ({ API_TOKEN: `${MARK}-${road}`, DSN: `db://u:${MARK}@${road}` });
const toldBy = (road: string): string => told(Object.values(secretsOf(road)).join(''));

interface Fleet {
  readonly manager: StartedManager;
  readonly managerDir: string;
  readonly launchers: readonly StartedLauncher[];
}

/** w1: a secret of the command line; w2: of a file. */
async function startFleet(): Promise<Fleet> {
  const managerDir = world.directory();
  const env = { PROCGUARD_LOGGING_LEVEL: 'DEBUG', PROCGUARD_STATE_SAVE_INTERVAL: '0.05' };
  const manager = await StartedManager.start(world, { dataDir: managerDir, env });
  const config = join(world.directory(), 'worker.yaml');
  const own = { name: 'file', command: TELLING, env: secretsOf('file'), secrets: ['DSN'] };
  writeFileSync(config, JSON.stringify({ log_level: 'debug', processes: [own] }));
  const flags = ['--auto-start', '--log-level', 'debug', '--command', TELLING];
  const { API_TOKEN } = secretsOf('flag');
  const launchers = [
    startLauncher(world, {
      worker: 'w1',
      managerUrl: manager.url,
      flags: [...flags, '--env', JSON.stringify({ API_TOKEN })],
    }),
    startLauncher(world, { worker: 'w2', managerUrl: manager.url, flags: ['--config', config] }),
  ];
  for (const key of ['w1/w1', 'w2/file'])
    await untilProcess(manager, key, 'to run', ({ state }) => state === 'running');
  return { manager, managerDir, launchers };
}

const post = async ({ url }: StartedManager, path: string, body: unknown) => {
  const reply = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: reply.status, text: await reply.text() };
};
const printed = (manager: StartedManager, worker: string, process: string, text: string) =>
  until(`${worker}/${process} to print`, 60_000, async () => {
    const logs = await fetch(`${manager.url}/api/workers/${worker}/logs?process=${process}&format=text&limit=0`);
    return (await logs.text()).includes(text);
  });
const documentOf = (road: string, more: object = {}) => ({
  set: 'shop',
  processes: [{ name: 'doc', worker: 'w1', command: TELLING, env: secretsOf(road), secrets: ['DSN'], ...more }],
});

/** Every GET there is, asked for what is there. */
async function allAnswers({ url }: StartedManager): Promise<Map<string, string>> {
  const ask = async (path: string): Promise<string> => {
    const reply = await fetch(url + path, { signal: AbortSignal.timeout(60_000) });
    return reply.text();
  };
  const { paths } = JSON.parse(await ask('/api/openapi.json')) as { paths: Record<string, { get?: object }> };
  const names: Record<string, string> = { id: 'w1', worker: 'w1', key: 'w1%2Fdoc', process: 'doc', set: 'shop' };
  const asked = Object.entries(paths).flatMap(([path, { get }]) =>
    get === undefined ? [] : [path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? 'x')],
  );
  const answers = new Map<string, string>();
  for (const path of [...asked, '/api/sets/shop?format=yaml', '/metrics', '/api/openapi.json'])
    answers.set(path, await ask(path));
  return answers;
}

async function cli({ url }: StartedManager, ...words: string[]): Promise<string> {
  const program = world.start([process.execPath, PROCGUARD, ...words], { env: { PROCGUARD_URL: url } });
  await program.ended;
  return program.output;
}

it('reaches its program, and is nowhere else: disks, logs, answers, the command line', async () => {
  const { manager, managerDir, launchers } = await startFleet();
  const directories = [managerDir, ...launchers.map(({ dataDir }) => dataDir)];
  expect((await post(manager, '/api/apply', documentOf('first'))).status).toBe(200);
  const replies = [
    await post(manager, '/api/plan', documentOf('second')),
    await post(manager, '/api/apply', documentOf('second')),
    await post(manager, '/api/workers/w2/processes', {
      name: 'defined',
      command: TELLING,
      env: secretsOf('route'),
      secrets: ['DSN'],
    }),
    await post(manager, '/api/apply', documentOf('wrong', { restart_policy: 'sometimes' })),
    await post(manager, '/api/plan', { ...documentOf('wrong'), nonsense: 1 }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 400, 400]);
  expect(replies.filter(({ text }) => text.includes(MARK))).toEqual([]);

  await printed(manager, 'w1', 'w1', told(secretsOf('flag').API_TOKEN));
  await printed(manager, 'w2', 'file', toldBy('file'));
  await printed(manager, 'w1', 'doc', toldBy('second'));
  await printed(manager, 'w2', 'defined', toldBy('route'));

  // Written at most so often: it is there when it tells of what was defined last.
  await until('the readable state', 60_000, () =>
    filesWith('w2/defined', managerDir).some((file) => /yaml$/.test(file)),
  );
  expect(filesWith('sealed:v1:', managerDir).length).toBeGreaterThanOrEqual(2);
  expect(filesWith(MARK, ...directories)).toEqual([]);
  const answers = await allAnswers(manager);
  expect(answers.get('/api/sets/shop')).toContain(MASK);
  const isLeak = (text: string): boolean => text.includes(MARK) || /sealed:v1:\w{8}/.test(text);
  expect([...answers].flatMap(([path, text]) => (isLeak(text) ? path : []))).toEqual([]);
  for (const words of [['versions', 'w1/doc'], ['explain', 'w1/doc'], ['ls', '-o', 'json'], ['events'], ['status']])
    expect(await cli(manager, ...words)).not.toContain(MARK);
  for (const { program } of [manager, ...launchers]) expect(program.output).not.toContain(MARK);

  // Nor does a manager that is killed and started again leave or lose any of it.
  await manager.program.end('SIGKILL');
  expect(filesWith(MARK, ...directories)).toEqual([]);
  const again = await manager.again();
  await untilProcess(again, 'w1/doc', 'to be told of', ({ state }) => state === 'running');
  expect((await post(again, '/api/rollback', { name: 'w1/doc', to: 1 })).status).toBe(200);
  await printed(again, 'w1', 'doc', toldBy('first'));
  expect(filesWith(MARK, ...directories)).toEqual([]);
}, 240_000);

it('is kept by the mask, wherever a document goes that was read here', async () => {
  const { manager } = await startFleet();
  expect((await post(manager, '/api/apply', documentOf('first'))).status).toBe(200);
  const document = await manager.get<{ processes: Record<string, unknown>[] }>('/api/sets/shop');
  expect(document.processes[0]).toMatchObject({ env: { API_TOKEN: MASK, DSN: MASK }, secrets: ['DSN'] });
  const change = async (now: object) =>
    JSON.parse((await post(manager, '/api/apply', now)).text) as { change: unknown };
  expect(await change(document)).toMatchObject({ success: true, change: null });

  // Another field changes, and on another worker it is too: its secrets go along.
  const moved = { ...document, processes: [{ ...document.processes[0], worker: 'w2', working_dir: '/' }] };
  expect(await change(moved)).toMatchObject({ success: true, change: 'd2' });
  await printed(manager, 'w2', 'doc', toldBy('first'));

  const strange = {
    set: 'other',
    processes: [{ name: 'new', worker: 'w1', command: 'true', env: { API_TOKEN: MASK } }],
  };
  const file = join(world.directory(), 'other.yaml');
  writeFileSync(
    file,
    'set: other\nprocesses:\n  - name: new\n    worker: w1\n    command: "true"\n    env:\n      API_TOKEN: "********"\n',
  );
  expect(await post(manager, '/api/plan', strange)).toMatchObject({ status: 400 });
  expect(await cli(manager, 'plan', '-f', file)).toMatch(
    /other\.yaml:7:\d+: API_TOKEN of w1\/new is \*{8}, which keeps the value it has, and it has none; give its value/,
  );
  const bared = { ...moved, processes: [{ ...moved.processes[0], secrets: [] }] };
  expect((await post(manager, '/api/plan', bared)).text).toMatch(
    /DSN of w2\/doc is a secret that would be one no more/,
  );
});

it('is in the readable state too, sealed, and opened when the ledger is begun from it', async () => {
  const { manager, managerDir } = await startFleet();
  expect((await post(manager, '/api/apply', documentOf('first'))).status).toBe(200);
  await until('the readable state', 60_000, () => filesWith('w1/doc', managerDir).some((file) => /yaml$/.test(file)));
  await manager.program.end();
  for (const file of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm']) rmSync(join(managerDir, file), { force: true });
  const again = await manager.again();
  await until('it to say where it began', 60_000, () =>
    again.program.output.includes('the ledger was empty: 2 workers and 3 processes taken from'),
  );
  await untilProcess(again, 'w1/doc', 'to be told of', ({ state }) => state === 'running');
  expect((await post(again, '/api/apply', documentOf('second'))).status).toBe(200);
  await printed(again, 'w1', 'doc', toldBy('second'));
  // What is gone back to was known from that file alone.
  expect((await post(again, '/api/rollback', { name: 'w1/doc', to: 1 })).status).toBe(200);
  await printed(again, 'w1', 'doc', toldBy('first'));
});

/** Run in the page. */
const WHAT_A_PAGE_KEEPS = `(async () => ({
  local: JSON.stringify(localStorage),
  session: JSON.stringify(sessionStorage),
  databases: (await indexedDB.databases()).length,
  cookies: document.cookie,
  url: location.href,
  text: document.body.innerText,
}))()`;

withBrowser('in a browser', () => {
  it('is shown to nobody and kept nowhere, also not the one that was typed there', async () => {
    const { manager, managerDir } = await startFleet();
    expect((await post(manager, '/api/apply', documentOf('first'))).status).toBe(200);
    const page = await dashboards.open(`${manager.url}/?view=definitions`);
    const received: string[] = [];
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => received.push(payload.toString())));
    page.on(
      'response',
      (response) =>
        void response.text().then(
          (text) => received.push(text),
          () => undefined,
        ),
    );
    await page.reload();
    await page.getByRole('link', { name: 'w1/doc' }).click();
    await page.getByRole('tab', { name: 'Definition' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const value = page.getByLabel('value 2', { exact: true });
    expect(await value.getAttribute('type')).toBe('password');
    expect(await value.inputValue()).toBe(MASK);
    await value.fill(`${MARK}-typed`);
    await page.getByRole('button', { name: 'Show what it changes' }).click();
    await page.getByRole('region', { name: 'What it changes' }).getByText('env.DSN').waitFor();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Applied: it is so.').waitFor();
    await printed(manager, 'w1', 'doc', told(`${secretsOf('first').API_TOKEN}${MARK}-typed`));

    const kept = await page.evaluate<{ databases: number }>(WHAT_A_PAGE_KEEPS);
    expect(JSON.stringify(kept)).not.toContain(MARK);
    expect(kept.databases).toBe(0);
    expect(received.filter((text) => text.includes(MARK))).toEqual([]);
    expect(received.length).toBeGreaterThan(3);
    expect(filesWith(MARK, managerDir)).toEqual([]);
  });
});
