/** The original's HTTP protocol (seed 002), by hand, as a client down to curl would speak it. */
import { managerHere, type ManagerHere } from './manager-here';

let manager: ManagerHere;
beforeAll(async () => {
  manager = await managerHere();
});
afterAll(() => manager.stop());

const beat = (id: string, body: unknown = { status: 'running', pid: 5, restart_count: 0 }) =>
  manager.post(`/api/workers/${id}/heartbeat`, body);

test('register, beat, command, heartbeat takes it: the seed flow', async () => {
  const registered = await manager.post('/api/workers/register', {
    worker_id: 'w1',
    command: 'python train.py',
    working_dir: '/tmp',
    hostname: 'h',
  });
  expect(registered.body).toMatchObject({ success: true, worker_id: 'w1' });
  expect((await beat('w1')).body).toEqual({ success: true, command: null, pytorch_env: {} });
  const sent = await manager.post(
    '/api/workers/w1/command',
    { command: 'restart' },
    { 'content-type': 'application/json' },
  );
  expect(sent).toMatchObject({ status: 200, body: { success: true, status: 'queued' } });
  expect((await beat('w1')).body.command).toBe('restart');
  expect((await beat('w1')).body.command).toBeNull();
  const { body } = await manager.get('/api/remote-workers');
  expect(body.w1).toMatchObject({
    worker_id: 'w1',
    command: 'python train.py',
    working_dir: '/tmp',
    status: 'running',
    pid: 5,
    restart_count: 0,
  });
});

test('stop then start before a beat delivers both, in order', async () => {
  await manager.post('/api/workers/register', { worker_id: 'w2', command: 'x' });
  for (const verb of ['stop', 'start']) await manager.post(`/api/workers/w2/${verb}`);
  expect([(await beat('w2')).body.command, (await beat('w2')).body.command, (await beat('w2')).body.command]).toEqual([
    'stop',
    'start',
    null,
  ]);
});

test('a config_hash of any size and kind is let pass', async () => {
  await manager.post('/api/workers/register', { worker_id: 'w3', command: 'x' });
  const huge = '{"status":"running","pid":1,"config_hash":340282366920938463463374607431768211455}';
  expect((await beat('w3', huge)).status).toBe(200);
  expect((await beat('w3', { status: 'running', config_hash: null })).status).toBe(200);
});

test('posted lines come back as lines and as text', async () => {
  await manager.post('/api/workers/register', { worker_id: 'w4', command: 'x' });
  for (const message of ['one', 'zwei ä', '三'])
    await manager.post('/api/workers/w4/logs', { message, level: 'stdout' });
  const { body } = await manager.get('/api/remote-workers/w4/logs');
  expect(body.logs.map((line: string) => line.replace(/^\[\d\d:\d\d:\d\d\] /, ''))).toEqual([
    '[STDOUT] one',
    '[STDOUT] zwei ä',
    '[STDOUT] 三',
  ]);
  expect((await manager.get('/api/workers/w4/logs?format=text&limit=0')).text).toBe('one\nzwei ä\n三\n');
  expect((await manager.get('/api/workers/w4/logs?format=text&limit=1')).text).toBe('三\n');
  expect((await manager.get('/api/remote-workers/nobody/logs')).body).toEqual({ logs: [] });
});

test('unregister, cleanup and reset forget, and say how many', async () => {
  for (const id of ['x1', 'x2', 'x3']) await manager.post('/api/workers/register', { worker_id: id, command: 'x' });
  expect((await manager.post('/api/workers/x1/unregister')).body).toEqual({ success: true });
  expect((await beat('x1')).status).toBe(404);
  await beat('x2', { status: 'exited', exit_code: 0 });
  await beat('x3', { status: 'running' });
  expect((await manager.post('/api/workers/cleanup')).body).toMatchObject({ success: true, removed_count: 1 });
  expect((await manager.get('/api/workers')).body).not.toHaveProperty('x2');
  const { body } = await manager.post('/api/workers/reset');
  expect(body.removed_count).toBeGreaterThan(0);
  expect((await manager.get('/api/workers')).body).toEqual({});
});

test('exit code and status show wherever a status is shown', async () => {
  await manager.post('/api/workers/register', { worker_id: 'w5', command: 'x' });
  await beat('w5', { status: 'exited', pid: null, exit_code: 7 });
  for (const path of ['/api/workers', '/api/remote-workers'])
    expect((await manager.get(path)).body.w5).toMatchObject({ status: 'exited', exit_code: 7 });
  const { body } = await manager.get('/api/workers/w5/processes');
  expect(body.processes).toMatchObject([{ state: 'exited', exit_code: 7 }]);
  expect((await manager.get('/api/status')).body.workers.w5).toBe('exited');
});
