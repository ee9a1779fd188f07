/** Tasks of the machine itself: submitted, run, shown, cancelled, over HTTP and with real programs. */
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { isAlive } from '../../harness/leftovers';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { startAgent, type Agent } from './agent';

const world = useWorld();

const pidIn = async (file: string): Promise<number> =>
  Number(
    await until('its pid', 30_000, () => {
      try {
        return readFileSync(file, 'utf8').trim();
      } catch {
        return null;
      }
    }),
  );
const counts = async (agent: Agent) => (await agent.ask('GET', '/api/queue/status')).data;

test('a shell line and words: run, shown with what they wrote, by both paths', async () => {
  const agent = await startAgent(world);
  expect(await counts(agent)).toEqual({ pending: 0, running: 0, capacity: 4 });
  await agent.submit({ id: 'line', command: 'set -o pipefail; echo out; echo err >&2; exit 3' });
  await agent.submit({ id: 'words', command: 'printf', args: ['%s|', 'a b', '$HOME'], env: { X: '1' } });
  expect(await agent.reaches('line', 'failed')).toMatchObject({
    exit_code: 3,
    stdout: 'out\n',
    stderr: 'err\n',
    error: 'exit code 3',
    type: 'shell',
    priority: 5,
    timeout: 3600,
    max_retries: 0,
    synced: false,
  });
  expect(await agent.reaches('words', 'completed')).toMatchObject({ exit_code: 0, stdout: 'a b|$HOME|', error: '' });
  const byVersion = await agent.ask('GET', '/api/v1/tasks/words');
  expect(byVersion).toMatchObject({ status: 200, code: 0, message: 'success', data: { id: 'words' } });
  expect((await agent.ask('GET', '/api/tasks')).data).toMatchObject({ total: 2 });
});

test('an id is honoured: the same task is the same one, another one is refused', async () => {
  const agent = await startAgent(world);
  const wish = { id: 'local-task-001', command: 'echo once', priority: 1 };
  await agent.submit(wish);
  const done = await agent.reaches('local-task-001', 'completed');
  expect(await agent.submit(wish)).toEqual(done);
  const other = await agent.ask('POST', '/api/v1/tasks', { ...wish, command: 'echo twice' });
  expect(other).toMatchObject({ status: 409, code: 30002, message: expect.stringContaining('local-task-001') });
  const minted = await agent.submit({ command: 'true' });
  expect(minted.id).toMatch(/^[0-9a-f-]{36}$/);
});

test('mistakes are told with status and code', async () => {
  const agent = await startAgent(world);
  const post = (body: unknown) => agent.ask('POST', '/api/tasks', body);
  expect(await post({ id: 'x' })).toMatchObject({
    status: 400,
    code: 30005,
    message: expect.stringMatching(/^command/),
  });
  expect(await post('{"command": ')).toMatchObject({ status: 400, message: expect.stringContaining('not JSON') });
  expect(await post({ command: 'x', priority: 11 })).toMatchObject({ status: 400, code: 30005 });
  expect(await post({ id: '../x', command: 'x' })).toMatchObject({ status: 400, code: 30005 });
  expect(await post({ id: 'a', command: 'x', depends_on: ['a'] })).toMatchObject({ status: 400, code: 30005 });
  expect(await post('x'.repeat(2 ** 20 + 1))).toMatchObject({ status: 413 });
  expect(await agent.ask('GET', '/api/tasks/none')).toMatchObject({ status: 404, code: 30004 });
  expect(await agent.ask('POST', '/api/tasks/none/cancel')).toMatchObject({ status: 404, code: 30004 });
  expect(await agent.ask('GET', '/api/nothing')).toMatchObject({ status: 404 });
  expect(await agent.ask('GET', '/api/tasks/a/cancel')).toMatchObject({ status: 405 });
  for (const path of ['command/exec', 'process/stop', 'ssh/reset', 'machine/cleanup'])
    expect(await agent.ask('POST', `/api/v1/${path}`, {})).toMatchObject({
      status: 501,
      message: expect.stringContaining(path),
    });
});

test('pages of a browser and made-up names are kept out', async () => {
  const agent = await startAgent(world);
  const post = (headers: Record<string, string>) => agent.ask('POST', '/api/tasks', { command: 'true' }, headers);
  expect((await post({ origin: 'http://evil.example' })).status).toBe(403);
  expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  // fetch sets Host by itself: curl says what it is told.
  const curl = world.start(['curl', '-s', '-H', 'Host: evil.example', `http://127.0.0.1:${agent.port}/api/tasks`]);
  await curl.ended;
  expect(JSON.parse(curl.output)).toMatchObject({ code: 403, message: expect.stringContaining('evil.example') });
  expect((await agent.ask('GET', '/api/tasks')).data).toMatchObject({ total: 0 });
});

test('cancel: a waiting one never runs, a running one is gone with all it started', async () => {
  const agent = await startAgent(world, { flags: ['--slots', '1'] });
  const pidFile = join(world.directory(), 'pid');
  await agent.submit({ id: 'runs', command: `sleep 1000 & echo $! > ${pidFile}; wait` });
  const child = await pidIn(pidFile);
  await agent.submit({ id: 'waits', command: 'true' });
  expect(await counts(agent)).toEqual({ pending: 1, running: 1, capacity: 1 });
  expect(await agent.ask('POST', '/api/tasks/waits/cancel')).toMatchObject({
    status: 200,
    data: { status: 'cancelled', started_at: null },
  });
  const { status, data } = await agent.ask('POST', '/api/tasks/runs/cancel');
  expect([status, data['status']]).toEqual([200, 'cancelled']);
  expect(isAlive(child)).toBe(false);
  // Over is over.
  expect((await agent.ask('POST', '/api/tasks/runs/cancel')).data).toEqual(data);
});

test('slots are a limit, and the lower number goes first', async () => {
  const agent = await startAgent(world, { flags: ['--slots', '1'] });
  const file = join(world.directory(), 'order');
  await agent.submit({
    id: 'first',
    command: `while [ ! -e ${file}.go ]; do sleep 0.05; done; echo first >> ${file}`,
    priority: 3,
  });
  for (const [id, priority] of [
    ['c', 5],
    ['b', 4],
    ['a', 2],
    ['d', 5],
  ] as const)
    await agent.submit({ id, priority, command: `echo ${id} >> ${file}` });
  expect(await counts(agent)).toEqual({ pending: 4, running: 1, capacity: 1 });
  writeFileSync(`${file}.go`, '');
  await agent.reaches('d', 'completed');
  expect(readFileSync(file, 'utf8')).toBe('first\na\nb\nc\nd\n');
});

test('preemption: only at a gap of 3 and without a free slot; the victim ends verified, runs again and spends no retry', async () => {
  const agent = await startAgent(world, { flags: ['--slots', '1'] });
  const file = join(world.directory(), 'tries');
  const waits = `echo $$ >> ${file}; [ $(wc -l < ${file}) -ge 2 ] || exec sleep 1000`;
  await agent.submit({ id: 'low', command: waits, priority: 8 });
  const pid = await pidIn(file);
  await agent.submit({ id: 'near', command: 'true', priority: 6 });
  expect((await agent.task('low')).status).toBe('running');
  await agent.submit({ id: 'urgent', command: `kill -0 ${pid}; echo alive=$?`, priority: 5 });
  expect((await agent.reaches('urgent', 'completed')).stdout).toBe('alive=1\n');
  expect(await agent.reaches('low', 'completed')).toMatchObject({ retry_count: 0 });
  // In its old place: behind both.
  const [near, low] = [await agent.task('near'), await agent.task('low')];
  expect(Date.parse(low.started_at ?? '')).toBeGreaterThanOrEqual(Date.parse(near.ended_at ?? ''));
});

test('dependencies: waited for, also before they are known; a failed one fails all behind it by name', async () => {
  const agent = await startAgent(world);
  await agent.submit({ id: 'later', command: 'true', depends_on: ['train'] });
  await agent.submit({ id: 'train', command: 'true' });
  await agent.reaches('later', 'completed');
  await agent.submit({ id: 'end', command: 'true', depends_on: ['middle'] });
  await agent.submit({ id: 'middle', command: 'true', depends_on: ['broken'] });
  expect((await agent.task('end')).status).toBe('pending');
  expect(await agent.ask('POST', '/api/tasks', { id: 'broken', command: 'true', depends_on: ['end'] })).toMatchObject({
    status: 400,
    message: expect.stringContaining('broken -> end -> middle -> broken'),
  });
  await agent.submit({ id: 'broken', command: 'exit 1' });
  expect(await agent.reaches('middle', 'failed')).toMatchObject({ error: 'dependency broken failed', exit_code: -1 });
  expect(await agent.reaches('end', 'failed')).toMatchObject({ error: 'dependency middle failed', started_at: null });
});

test('retries: so many, after the delay, with nothing left of the try before', async () => {
  const agent = await startAgent(world);
  const file = join(world.directory(), 'tries');
  const command = `echo x >> ${file}; n=$(wc -l < ${file}); echo try $n; [ $n -ge 3 ]`;
  await agent.submit({ id: 'r', command, max_retries: 3, retry_delay: 0.1 });
  expect(await agent.reaches('r', 'completed')).toMatchObject({ retry_count: 2, stdout: 'try 3\n', error: '' });
  await agent.submit({ id: 's', command: 'exit 4', max_retries: 1, retry_delay: 0.1 });
  expect(await agent.reaches('s', 'failed')).toMatchObject({ retry_count: 1, exit_code: 4 });
});

test('a timeout ends the whole tree, and says so', async () => {
  const agent = await startAgent(world);
  const pidFile = join(world.directory(), 'pid');
  await agent.submit({ id: 't', command: `sleep 1000 & echo $! > ${pidFile}; wait`, timeout: 8 });
  const child = await pidIn(pidFile);
  expect(await agent.reaches('t', 'failed')).toMatchObject({ error: 'timed out after 8 s', exit_code: -1 });
  expect(isAlive(child)).toBe(false);
});

test('what cannot be run fails at once, and no retry is of use', async () => {
  const agent = await startAgent(world);
  await agent.submit({ id: 'x', command: '/no/such/program', args: ['a'], max_retries: 5 });
  const failed = await agent.reaches('x', 'failed');
  expect(failed).toMatchObject({ retry_count: 0, exit_code: -1, started_at: null });
  expect(failed.error).toContain('there is no executable file /no/such/program');
});

test('a client that stands still for some seconds finds its connection as it left it', async () => {
  const agent = await startAgent(world);
  const idle = async (): Promise<unknown> => (await agent.ask('GET', '/api/queue/status')).data;
  const before = await idle();
  // In which this program notices nothing, as one that is not scheduled.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 7_000);
  expect(await idle()).toEqual(before);
});
