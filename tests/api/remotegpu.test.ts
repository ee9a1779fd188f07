/** RemoteGPU's protocol word by word: what each request is answered with, and what it means for the task. */
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { JobsHere } from './jobs-here';
import { managerHere, type Answer, type ManagerHere } from './manager-here';

let manager: ManagerHere;
beforeEach(async () => void (manager = await managerHere()));
afterEach(() => manager.stop());

const AGENT = { agent_id: 'agent-001', machine_id: 'machine-001' };
const create = (task: object): Promise<Answer> => manager.post('/api/v1/tasks', { command: 'true', ...task });
const claim = async (more: object = {}): Promise<Answer['body'][]> => {
  const { body } = await manager.post('/api/v1/agent/tasks/claim', { ...AGENT, ...more });
  return (body as { data: { tasks: Answer['body'][] } }).data.tasks;
};
const say = (task: string, verb: string, attempt: string, more: object = {}, agent = AGENT.agent_id): Promise<Answer> =>
  manager.post(`/api/v1/agent/tasks/${task}/${verb}`, { agent_id: agent, attempt_id: attempt, ...more });
const code = ({ status, body }: Answer): [number, number] => [status, (body as { code: number }).code];

test('a task is created, claimed, started, renewed and completed', async () => {
  const created = await create({
    id: 't1',
    machine_id: 'machine-001',
    command: 'python3',
    args: ['train.py', '--epochs', '10'],
    work_dir: '/workspace',
    priority: 5,
    timeout: 3600,
  });
  expect([created.status, created.body.code, created.body.data.status]).toEqual([200, 0, 'pending']);
  const [task] = await claim();
  expect(task).toMatchObject({
    id: 't1',
    command: 'python3',
    args: ['train.py', '--epochs', '10'],
    workdir: '/workspace',
    priority: 5,
    timeout: 3600,
    status: 'assigned',
    assigned_agent_id: 'agent-001',
    // Three for whoever asks, and none that the agent could make by itself.
    max_retries: 0,
  });
  expect((await manager.get('/api/v1/tasks/t1')).body.data.max_retries).toBe(3);
  const attempt: string = task.attempt_id;
  expect((await say('t1', 'start', attempt)).body.data).toMatchObject({ task_id: 't1', status: 'running' });
  expect(code(await say('t1', 'start', attempt))).toEqual([200, 0]);
  for (const verb of ['renew', 'lease/renew'])
    expect((await say('t1', verb, attempt)).body.data).toMatchObject({ renewed: true, attempt_id: attempt });
  expect((await say('t1', 'progress', attempt, { percent: 40, message: 'epoch 4' })).body.data.progress).toBe(40);
  expect((await manager.get('/api/v1/tasks/t1')).body.data).toMatchObject({ status: 'running', progress: 40 });
  const end = { exit_code: 0, stdout: 'done', stderr: '' };
  expect((await say('t1', 'complete', attempt, end)).body.data).toEqual({ task_id: 't1', status: 'completed' });
  // Sent again, because the answer was lost: the same answer.
  expect((await say('t1', 'complete', attempt, end)).body.data).toEqual({ task_id: 't1', status: 'completed' });
  expect((await manager.get('/api/v1/tasks/t1/logs')).body.data).toMatchObject({ stdout: 'done', status: 'completed' });
  expect((await manager.get('/api/v1/admin/agents')).body.data).toMatchObject({
    total: 1,
    agents: [{ agent_id: 'agent-001', machine_id: 'machine-001', status: 'online' }],
  });
});

test('a failure is answered as what was stored, and tried again with another attempt', async () => {
  await create({ id: 't1', retry_delay: 0 });
  const [first] = await claim();
  expect((await say('t1', 'complete', first.attempt_id, { exit_code: 3 })).body.data.status).toBe('failed');
  const [second] = await claim();
  expect(second.attempt_id).not.toBe(first.attempt_id);
  expect(second.retry_count).toBe(1);
  // The first has lost its say.
  expect(code(await say('t1', 'start', first.attempt_id))).toEqual([409, 30002]);
  expect(code(await say('t1', 'start', 'made-up'))).toEqual([409, 30001]);
});

test('what a program in Go sends of what it was not given is as if it had not sent it', async () => {
  const nothing = { id: '', name: '', machine_id: '', work_dir: '', workdir: '', env: null, args: null, labels: null };
  const numbers = { priority: 0, retry_delay: 0.0001, timeout: 0.0001, max_retries: null, depends_on: null };
  const { status, body } = await create({ ...nothing, ...numbers });
  expect([status, body.data]).toEqual([
    200,
    expect.objectContaining({
      id: expect.stringMatching(/^j_/),
      command: 'true',
      args: [],
      priority: 5,
      max_retries: 3,
    }),
  ]);
  const many = Array.from({ length: 5_000 }, (_, at) => `j${at}`);
  for (const wrong of [{ depends_on: many }, { timeout: 1e300 }, { gpu_count: 1000 }, { labels: { '': 'x' } }])
    expect(code(await create(wrong))).toEqual([400, 30005]);
});

test('every wrong word has its code', async () => {
  await create({ id: 't1' });
  const [task] = await claim();
  expect(code(await say('none', 'start', 'x'))).toEqual([404, 30004]);
  expect(code(await manager.post('/api/v1/agent/tasks/t1/start', { agent_id: 'agent-001' }))).toEqual([400, 30005]);
  expect(code(await manager.post('/api/v1/agent/tasks/claim', '{'))).toEqual([400, 30005]);
  expect(code(await create({ command: '' }))).toEqual([400, 30005]);
  await say('t1', 'complete', task.attempt_id, { exit_code: 0 });
  expect(code(await say('t1', 'renew', task.attempt_id))).toEqual([409, 30002]);
  expect((await manager.get('/api/v1/tasks/none')).status).toBe(404);
});

test('the same request id is given the same tasks, and a full agent gets none', async () => {
  for (let i = 0; i < 6; i++) await create({});
  const first = await claim({ request_id: 'r1', limit: 2 });
  const again = await claim({ request_id: 'r1', limit: 2 });
  expect(again.map((task) => task.attempt_id)).toEqual(first.map((task) => task.attempt_id));
  expect(first).toHaveLength(2);
  // max_workers is 4 where nothing else was said.
  expect(await claim()).toHaveLength(2);
  expect(await claim()).toHaveLength(0);
});

test('a task of another machine is not given, and a cancelled one is told to its agent by the next renewal', async () => {
  await create({ id: 'other', machine_id: 'machine-002', priority: 1 });
  await create({ id: 'mine', machine_id: 'machine-001' });
  const tasks = await claim();
  expect(tasks.map((task) => task.id)).toEqual(['mine']);
  expect((await manager.post('/api/v1/tasks/other/cancel')).body.data.status).toBe('cancelled');
  await say('mine', 'start', tasks[0].attempt_id);
  await manager.post('/api/v1/tasks/mine/stop');
  expect(code(await say('mine', 'renew', tasks[0].attempt_id))).toEqual([409, 30002]);
  await say('mine', 'complete', tasks[0].attempt_id, { exit_code: 143 });
  expect((await manager.get('/api/v1/tasks/mine')).body.data.status).toBe('cancelled');
});

test('an agent speaks for itself alone', async () => {
  const minted = await manager.post('/api/admin/workers', { name: 'agent-001' });
  const { token } = minted.body as { token: string };
  const elsewhere = { 'x-forwarded-for': '203.0.113.7' };
  const as = { ...elsewhere, 'x-agent-token': token };
  const path = '/api/v1/agent/register';
  expect((await manager.post(path, AGENT, elsewhere)).status).toBe(401);
  expect((await manager.post(path, AGENT, as)).body.data).toEqual({ status: 'registered', machine_id: 'machine-001' });
  expect((await manager.post(path, { ...AGENT, agent_id: 'agent-002' }, as)).status).toBe(403);
});

test('an agent that was lost before the manager was started again is the one that it was', async () => {
  await manager.post('/api/v1/agent/register', { ...AGENT, max_workers: 1, labels: { pool: 'gold' } });
  for (let i = 0; i < 3; i++) await create({});
  await manager.stop('keep');
  const { dataDir } = manager;
  // What three minutes of silence make of it.
  const db = new DatabaseSync(join(dataDir, 'ledger.db'));
  db.exec(
    `UPDATE workers SET body = json_set(body, '$.presence', json('{"kind":"lost","sinceMs":0,"lastContactMs":0}'))`,
  );
  db.close();
  manager = await managerHere({ dataDir });
  expect(await claim()).toHaveLength(1);
  expect((await manager.get('/api/nodes')).body.workers).toMatchObject([{ labels: { pool: 'gold' }, slots: 1 }]);
});

test('no agent claims under the id of a launcher, which would run the same tasks', async () => {
  const launcher = await JobsHere.launcher(manager, 'w1', { slots: 0 });
  await create({});
  const claimed = await manager.post('/api/v1/agent/tasks/claim', { agent_id: 'w1' });
  expect(code(claimed)).toEqual([409, 409]);
  launcher.close();
});
