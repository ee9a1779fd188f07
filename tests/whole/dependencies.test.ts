/** Processes that depend on processes of other machines. */
import type { CommandReply } from '../../protocol/http';
import type { ProcessView } from '../../protocol/views';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 30_000;

async function view(manager: StartedManager, key: string): Promise<ProcessView | undefined> {
  const { processes } = await manager.get<{ processes: ProcessView[] }>('/api/processes');
  return processes.find((process) => process.key === key);
}
const untilView = (manager: StartedManager, what: string, key: string, holds: (view: ProcessView) => boolean) =>
  until(what, DEADLINE_MS, async () => {
    const found = await view(manager, key);
    return found !== undefined && holds(found) ? found : null;
  });
async function post<T>(manager: StartedManager, path: string, body: object): Promise<T> {
  return (await (await fetch(manager.url + path, { method: 'POST', body: JSON.stringify(body) })).json()) as T;
}
async function workers(manager: StartedManager, ...ids: string[]): Promise<StartedLauncher[]> {
  const started = ids.map((worker) => startLauncher(world, { managerUrl: manager.url, worker }));
  await until('all to be connected', DEADLINE_MS, async () => {
    const states = await Promise.all(ids.map((id) => manager.worker(id)));
    return states.every((worker) => worker?.state === 'idle');
  });
  return started;
}
/** Becomes ready when the file is there. */
const db = (file: string) => ({
  name: 'db',
  worker: 'w1',
  command: `until [ -e ${file} ]; do sleep 0.05; done; echo accepting; exec sleep 1000`,
  ready: { log: 'accepting' },
});
const web = { name: 'web', worker: 'w2', command: 'exec sleep 1000', depends_on: { 'w1/db': 'ready' } };

test('a process waits for the readiness of one on another worker, and is told why', async () => {
  const manager = await StartedManager.start(world);
  await workers(manager, 'w1', 'w2');
  const file = `${world.directory()}/go`;
  const applying = post<{ success: boolean }>(manager, '/api/apply', { set: 's', processes: [web, db(file)] });
  const waiting = await untilView(
    manager,
    'web to wait for a db that runs',
    'w2/web',
    ({ state, waiting_for: on }) => state === 'waiting' && on[0]?.is === 'running, not ready yet',
  );
  expect(waiting).toMatchObject({ pid: null, waiting_for: [{ key: 'w1/db', condition: 'ready' }] });
  expect(await view(manager, 'w1/db')).toMatchObject({ state: 'running', ready: false });
  world.start(['touch', file]);
  expect(await applying).toMatchObject({ success: true });
  expect(await view(manager, 'w2/web')).toMatchObject({ state: 'running', ready: true, waiting_for: [] });
  expect(await view(manager, 'w1/db')).toMatchObject({ state: 'running', ready: true });
});

test('nothing is born on the word of a lost worker; what runs already is left alone', async () => {
  const manager = await StartedManager.start(world, { env: { PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT: '6' } });
  const [first] = await workers(manager, 'w1', 'w2');
  const file = `${world.directory()}/go`;
  world.start(['touch', file]);
  const other = { ...web, name: 'other' };
  await post(manager, '/api/apply', { set: 's', processes: [db(file), web, other] });
  await manager.command('w2%2Fother', 'stop');
  const { pid } = await untilView(manager, 'web to run', 'w2/web', ({ state }) => state === 'running');
  await first!.program.end('SIGKILL');
  await untilView(manager, 'db to be unknown', 'w1/db', ({ state }) => state === 'unknown');
  await post(manager, '/api/workers/w2/start', { process: 'other', wait: false });
  const held = await untilView(manager, 'other to wait', 'w2/other', ({ state }) => state === 'waiting');
  expect(held.waiting_for).toMatchObject([{ key: 'w1/db', is: 'unknown: worker w1 is lost' }]);
  // Its own worker may be late for a moment.
  await untilView(manager, 'web to run on', 'w2/web', ({ state, pid: now }) => state === 'running' && now === pid);
  first!.again();
  await untilView(manager, 'other to run', 'w2/other', ({ state }) => state === 'running');
});

test('a start takes along what it depends on; a stop names who runs on; all of them go in order', async () => {
  const manager = await StartedManager.start(world);
  await workers(manager, 'w1', 'w2');
  const file = `${world.directory()}/go`;
  world.start(['touch', file]);
  const off = { auto_start: false };
  await post(manager, '/api/apply', {
    set: 's',
    processes: [
      { ...db(file), ...off },
      { ...web, ...off },
    ],
  });
  expect(await post<CommandReply>(manager, '/api/workers/w2/start', { process: 'web' })).toMatchObject({
    status: 'done',
    note: 'also started w1/db, as it depends on that',
  });
  expect(await view(manager, 'w1/db')).toMatchObject({ state: 'running', ready: true });

  expect(await post<CommandReply>(manager, '/api/workers/w1/stop', { process: 'db' })).toMatchObject({
    status: 'done',
    note: 'w2/web depends on it and runs on',
  });
  expect(await view(manager, 'w2/web')).toMatchObject({ state: 'running' });

  await post(manager, '/api/workers/w1/start', { process: 'db' });
  await post(manager, '/api/batch', { selector: ['db', 'web'], command: 'restart' });
  const [below, above] = [await view(manager, 'w1/db'), await view(manager, 'w2/web')];
  expect([below?.state, above?.state]).toEqual(['running', 'running']);
  // Down: web before db. Up: db before web.
  expect(above!.certificate!.finishedAtMs).toBeLessThanOrEqual(below!.certificate!.requestedAtMs);
  expect(below!.started_at_ms!).toBeLessThanOrEqual(above!.started_at_ms!);

  await post(manager, '/api/workers/w1/disable', { process: 'db', reason: 'disk' });
  await post(manager, '/api/workers/w2/stop', { process: 'web' });
  expect(
    await post<{ code: string; error: string }>(manager, '/api/workers/w2/start', { process: 'web' }),
  ).toMatchObject({
    code: 'process_disabled',
    error: expect.stringMatching(
      /w2\/web depends on w1\/db, which has to be ready and is disabled by .*: disk/,
    ) as string,
  });
});

test('a circle across workers is refused with the circle', async () => {
  const manager = await StartedManager.start(world);
  await workers(manager, 'w1', 'w2');
  const processes = [
    { name: 'a', worker: 'w1', command: 'true', depends_on: ['w2/b'] },
    { name: 'b', worker: 'w2', command: 'true', depends_on: ['w1/a'] },
  ];
  expect(await post<object>(manager, '/api/apply', { set: 's', processes })).toMatchObject({
    code: 'dependency_circle',
    circle: ['w1/a', 'w2/b', 'w1/a'],
    error: expect.stringContaining('w1/a -> w2/b -> w1/a') as string,
  });
  expect(await view(manager, 'w1/a')).toBeUndefined();
});
