/** Definitions from the manager: what a document would change, what it changes, and the way back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplyReply, PlanReply, VersionsReply } from '../../protocol/definitions';
import type { ProcessView } from '../../protocol/views';
import { startLauncher } from '../harness/launcher';
import { useWorld } from '../harness/world';
import { until } from '../harness/until';
import { managerHere, type ManagerHere } from './manager-here';

const DEADLINE_MS = 30_000;
/** How long an answer is waited for, in seconds: a launcher may take its time to do what it is told. */
const PATIENCE = 120;

const world = useWorld();
let manager: ManagerHere;
beforeEach(async () => {
  manager = await managerHere();
});
afterEach(() => manager.stop());

interface Written {
  name: string;
  command?: string;
  worker?: string;
  match?: Record<string, string>;
  [key: string]: unknown;
}
const sleeper = (name: string, more: Partial<Written> = {}): Written => ({
  name,
  worker: 'w1',
  command: 'exec sleep 1000',
  ...more,
});
const document = (processes: Written[], set = 'web') => ({ set, processes });

async function worker(id: string, ...flags: string[]): Promise<void> {
  startLauncher(world, { managerUrl: manager.url, worker: id, flags });
  await until(`${id} to be connected`, DEADLINE_MS, async () => {
    const { workers } = (await manager.get('/api/nodes')).body as { workers: { worker_id: string; state: string }[] };
    return workers.some(({ worker_id: known, state }) => known === id && state !== 'connecting');
  });
}
async function processes(): Promise<Map<string, ProcessView>> {
  const { processes: all } = (await manager.get('/api/processes')).body as { processes: ProcessView[] };
  return new Map(all.map((view) => [view.key, view]));
}
async function plan(body: unknown): Promise<string[]> {
  const { changes } = (await manager.post('/api/plan', body)).body as PlanReply;
  return changes.filter(({ action }) => action !== 'keep').map(({ action, key }) => `${action} ${key}`);
}
async function apply(body: unknown): Promise<ApplyReply> {
  const answer = await manager.post(`/api/apply?timeout=${PATIENCE}`, body);
  expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
  return answer.body as ApplyReply;
}
const lives = (views: Map<string, ProcessView>) =>
  Object.fromEntries([...views].map(([key, { run_id: run, pid }]) => [key, `${run} ${pid}`]));

test('an edit of one process of twenty restarts that one alone; a rollback brings the earlier one back', async () => {
  await worker('w1');
  const twenty = (edited: string) =>
    document(
      Array.from({ length: 20 }, (_, i) => sleeper(`p${i}`, i === 7 ? { command: `exec sleep ${edited}` } : {})),
    );
  const first = await apply(twenty('1000'));
  expect(first).toMatchObject({ success: true, set: 'web' });
  expect(first.results.map(({ action, version }) => `${action} ${version}`)).toEqual(Array(20).fill('create 1'));
  expect(await plan(twenty('1000'))).toEqual([]);
  const before = await processes();
  expect(
    [...before.values()].every(({ state, version, set }) => state === 'running' && version === 1 && set === 'web'),
  ).toBe(true);

  expect((await manager.post('/api/plan', twenty('2000'))).body.changes[7]).toMatchObject({
    key: 'w1/p7',
    action: 'change',
    fields: [{ field: 'command', from: 'exec sleep 1000', to: 'exec sleep 2000' }],
    notes: ['it is restarted'],
  });
  const second = await apply(twenty('2000'));
  expect(second.results.filter(({ action }) => action !== 'keep')).toMatchObject([
    { key: 'w1/p7', action: 'change', version: 2, ok: true, certificate: { left: [] } },
  ]);
  expect(await plan(twenty('2000'))).toEqual([]);
  const after = await processes();
  const moved = [...before.keys()].filter((key) => lives(after)[key] !== lives(before)[key]);
  expect(moved).toEqual(['w1/p7']);
  expect(after.get('w1/p7')).toMatchObject({ command: 'exec sleep 2000', version: 2, state: 'running' });

  expect((await manager.post('/api/rollback', { name: 'web', timeout: PATIENCE })).body).toMatchObject({
    success: true,
    results: [{ key: 'w1/p7', action: 'change', version: 3, ok: true }],
  });
  expect(await plan(twenty('1000'))).toEqual([]);
  const back = await processes();
  expect(back.get('w1/p7')).toMatchObject({ command: 'exec sleep 1000', version: 3, state: 'running' });
  expect([...back.keys()].filter((key) => lives(back)[key] !== lives(after)[key])).toEqual(['w1/p7']);
});

test('what leaves the document goes, verified; a rollback of the set brings it back and takes what was new', async () => {
  await worker('w1');
  await apply(document([sleeper('a'), sleeper('b')]));
  const { pid } = (await processes()).get('w1/b')!;
  const { results } = await apply(document([sleeper('a'), sleeper('c')]));
  expect(results.map(({ action, key, ok }) => `${action} ${key} ${ok}`)).toEqual([
    'keep w1/a true',
    'create w1/c true',
    'remove w1/b true',
  ]);
  expect(() => process.kill(pid!, 0)).toThrow(/ESRCH/);
  expect([...(await processes()).keys()].sort()).toEqual(['w1/a', 'w1/c']);

  await manager.post('/api/rollback', { name: 'web', timeout: PATIENCE });
  expect([...(await processes()).keys()].sort()).toEqual(['w1/a', 'w1/b']);
  expect(await plan(document([sleeper('a'), sleeper('b')]))).toEqual([]);
  const { versions, current } = (await manager.get('/api/processes/w1%2Fb/versions')).body as VersionsReply;
  expect(current).toBe(3);
  expect(versions.map(({ version, kind, removed }) => [version, kind, removed])).toEqual([
    [1, 'apply', false],
    [2, 'apply', true],
    [3, 'rollback', false],
  ]);
});

test('versions outlive a restart of the manager and a report, and a named one can be gone back to', async () => {
  await worker('w1');
  for (const seconds of [1, 2, 3]) await apply(document([sleeper('a', { command: `exec sleep ${seconds}000` })]));
  await manager.stop('keep');
  manager = await managerHere({ dataDir: manager.dataDir, port: new URL(manager.url).port });
  await until('w1 to be back', DEADLINE_MS, async () => (await processes()).get('w1/a')?.state === 'running');
  expect((await manager.post('/api/rollback', { name: 'w1/a', to: 1, timeout: PATIENCE })).body).toMatchObject({
    results: [{ version: 4, fields: [{ field: 'command', from: 'exec sleep 3000', to: 'exec sleep 1000' }] }],
  });
  expect((await manager.post('/api/rollback', { name: 'a', to: 9 })).body).toMatchObject({
    code: 'unknown_version',
    known: [1, 2, 3, 4],
  });
});

test('by labels: the matching worker with the fewest processes, then it stays there', async () => {
  await worker('w1', '--labels', 'gpu=a100');
  await worker('w2', '--labels', 'gpu=a100-80');
  await worker('w3', '--labels', 'gpu=h100');
  const matching = (name: string) => ({ name, command: 'exec sleep 1000', match: { gpu: 'a100*' } });
  await apply(document([sleeper('x'), matching('one'), matching('two'), matching('three')]));
  expect([...(await processes()).keys()].sort()).toEqual(['w1/two', 'w1/x', 'w2/one', 'w2/three']);
  // Had it been placed anew, the emptier one would have it.
  expect(await plan(document([matching('one'), matching('three')]))).toEqual(['remove w1/x', 'remove w1/two']);
  expect(
    (await manager.post('/api/apply', document([{ ...matching('one'), match: { gpu: 'b*' } }]))).body,
  ).toMatchObject({
    code: 'no_worker_matches',
    error: expect.stringMatching(/gpu=b\*.*nearest is w1, which has gpu=a100/) as string,
  });
});

test('the whole document is checked before anything is done', async () => {
  await worker('w1', '--command', 'exec sleep 1000');
  await until('w1/w1', DEADLINE_MS, async () => (await processes()).has('w1/w1'));
  await apply(document([sleeper('mine')], 'other'));
  const refused = async (given: Written[]) => {
    const { status, body } = await manager.post('/api/apply', document([sleeper('good'), ...given]));
    return { status, ...(body as { code: string; error: string; entry?: number }) };
  };
  expect(
    await refused([sleeper('a', { depends_on: { b: 'ready' } }), sleeper('b', { depends_on: ['a'] })]),
  ).toMatchObject({ code: 'dependency_circle', circle: ['w1/a', 'w1/b', 'w1/a'], entry: 1 });
  expect(await refused([sleeper('a', { depends_on: ['mnie'] })])).toMatchObject({
    code: 'unknown_process',
    error: expect.stringContaining('did you mean w1/mine?') as string,
    entry: 1,
  });
  expect(await refused([sleeper('w1')])).toMatchObject({ code: 'defined_elsewhere' });
  expect(await refused([sleeper('mine')])).toMatchObject({ code: 'defined_elsewhere', set: 'other' });
  expect(await refused([sleeper('good')])).toMatchObject({ code: 'bad_request', entry: 1 });
  expect(await refused([sleeper('a', { worker: 'w9' })])).toMatchObject({ code: 'unknown_worker', entry: 1 });
  expect([...(await processes()).keys()].sort()).toEqual(['w1/mine', 'w1/w1']);
});

test('YAML is taken as it is written, and its mistakes are told by line', async () => {
  await worker('w1');
  const yaml = 'set: web\nprocesses:\n  - name: a # a comment\n    worker: w1\n    command: [sleep, "1000"]\n';
  expect(await plan(yaml)).toEqual(['create w1/a']);
  const { status, body } = await manager.post('/api/plan', yaml.replace('command', 'comand'));
  expect([status, body.code]).toEqual([400, 'bad_request']);
  expect(body.error).toMatch(/document:5:5: processes\[0\]\.comand is not a known key; did you mean command\?/);
  expect((await manager.post('/api/plan', 'set: [')).body).toMatchObject({ code: 'bad_request' });
  expect((await manager.post('/api/plan', '')).body).toMatchObject({ code: 'bad_request' });
});

test('aliases of aliases are counted before they are walked', async () => {
  const level = (i: number) =>
    `l${i}: &l${i} [${Array(10)
      .fill(`*l${i - 1}`)
      .join(', ')}]\n`;
  const bomb = `l0: &l0 [x, x]\n${Array.from({ length: 12 }, (_, i) => level(i + 1)).join('')}`;
  for (const yaml of [bomb, 'set: &a [*a]\n'])
    expect(await manager.post('/api/apply', yaml)).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  expect((await manager.get('/healthz')).status).toBe(200);
});

test('for a worker that is away it is queued, and said', async () => {
  const launcher = startLauncher(world, { managerUrl: manager.url, worker: 'w1' });
  await until(
    'it to be there',
    DEADLINE_MS,
    async () => ((await manager.get('/api/nodes')).body.workers as { state: string }[])[0]?.state === 'idle',
  );
  await launcher.program.end('SIGKILL');
  await until('the manager to miss it', DEADLINE_MS, async () => {
    const { changes } = (await manager.post('/api/plan', document([sleeper('a')]))).body as PlanReply;
    return changes[0]?.notes.some((note) => note.includes('when it is back'));
  });
  const { success, results } = await apply(document([sleeper('a')]));
  expect(success).toBe(true);
  expect(results).toMatchObject([
    { action: 'create', message: 'queued', notes: [expect.stringContaining('when it is back')] },
  ]);
  expect(await plan(document([sleeper('a')]))).toEqual([]);
  launcher.again();
  await until('it to run', DEADLINE_MS, async () => (await processes()).get('w1/a')?.state === 'running');
});

test('one that was disabled takes its new definition and does not run', async () => {
  await worker('w1');
  await apply(document([sleeper('a')]));
  const disabled = await manager.post('/api/workers/w1/disable', {
    process: 'a',
    reason: 'disk',
    until: '2h',
    timeout: PATIENCE,
  });
  expect(disabled.body).toMatchObject({ success: true, status: 'done' });
  expect((await processes()).get('w1/a')).toMatchObject({ state: 'stopped', disabled: { reason: 'disk' } });
  expect((await manager.post('/api/workers/w1/start', { process: 'a' })).body).toMatchObject({
    code: 'process_disabled',
    error: expect.stringMatching(/w1\/a is disabled by operator 127.0.0.1: disk \(until /) as string,
  });
  const { results } = await apply(document([sleeper('a', { env: { A: 1 } })]));
  expect(results).toMatchObject([{ ok: true, notes: [expect.stringContaining('not restarted: disabled by')] }]);
  expect((await processes()).get('w1/a')).toMatchObject({ state: 'stopped', version: 2 });
  await manager.post('/api/workers/w1/enable', { process: 'a' });
  await until('it to run again', DEADLINE_MS, async () => (await processes()).get('w1/a')?.state === 'running');
});

test('the example of the repository is applied as it is', async () => {
  await worker('local', '--labels', 'role=web-eu');
  const text = readFileSync(join(__dirname, '../../configs/set.yaml'), 'utf8');
  expect(await apply(text)).toMatchObject({ success: true });
  await until('all of it to be up', DEADLINE_MS, async () => {
    const all = await processes();
    return all.get('local/web')?.state === 'running' && all.get('local/migrate')?.state === 'exited';
  });
  expect(await plan(text)).toEqual([]);
});
