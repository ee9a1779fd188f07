/**
 * The lines of seed 003 (RemoteGPU) that are typed on an agent's machine, as written, ports included. `agent.yaml` is the
 * sample of the seed with this machine's address, token and directory.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useWorld } from '../harness/world';
import { Scene, testSeed, type Json } from './scene';

const world = useWorld();

const sample = (token: string, directory: string): string => `port: 8090
db_path: ${directory}/tasks.db
max_workers: 4

server:
  url: "http://localhost:8080"
  agent_id: "agent-001"
  machine_id: "machine-001"
  token: "${token}"
  timeout: 30s

poll:
  interval: 5s
  batch_size: 10

security:
  # 命令白名单：仅允许执行列表中的命令（为空则不限制）
  allowed_commands:
    - "python"
    - "python3"
    - "nvidia-smi"

  # 命令黑名单：禁止执行包含这些模式的命令
  blocked_patterns:
    - "rm -rf /"
    - "mkfs"
`;

/** @param change of the sample's text */
async function agentIn(scene: Scene, start: string, change: (text: string) => string = (text) => text): Promise<void> {
  const token = await scene.workerToken('agent-001');
  writeFileSync(join(scene.copy, 'agent.yaml'), change(sample(token, join(scene.copy, 'agent-data'))));
  scene.stub('nvidia-smi', 'echo "NVIDIA-SMI 550.54"');
  scene.stub('python', 'exec python3 "$@"');
  world.afterwards(async () => void (await scene.typed('./start_worker.sh --config agent.yaml --stop-all')));
  scene.type(start);
  await scene.until('the agent to answer', 'curl http://localhost:8090/api/ping', ({ data }) => data?.ok === true);
}

const taskOf = (id: string): string => `curl http://localhost:8090/api/tasks/${id}`;

testSeed('示例 1 with our launcher as the agent: it is found by its machine_id, and runs the task', async () => {
  const scene = new Scene(world, 92);
  await scene.manager();
  await agentIn(scene, './remotegpu-agent');
  const workspace = join(scene.copy, 'workspace');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'train.py'), 'import os, sys\nprint("trained", *sys.argv[1:], "in", os.getcwd())\n');
  const { data } = await scene.json(`curl -X POST http://localhost:8080/api/v1/tasks \\
  -H "Authorization: Bearer ${await scene.userToken()}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "machine_id": "machine-001",
    "command": "python3",
    "args": ["train.py", "--epochs", "10"],
    "work_dir": "${workspace}",
    "priority": 5,
    "timeout": 3600
  }'`);
  const show = `curl http://localhost:8080/api/v1/customer/tasks/${data.id}`;
  const done = await scene.until('the task to be completed', show, ({ data: task }) => task.status === 'completed');
  expect(done.data).toMatchObject({ exit_code: 0, machine_id: 'machine-001' });
});

testSeed('示例 2 and 示例 3: tasks of the agent’s own, its queue, and what became of them', async () => {
  const scene = new Scene(world, 93);
  await scene.manager();
  await agentIn(scene, 'nohup ./remotegpu-agent > agent.log 2>&1 &');
  const created = await scene.json(`curl -X POST http://localhost:8090/api/tasks \\
  -H "Content-Type: application/json" \\
  -d '{
    "id": "local-task-001",
    "command": "nvidia-smi",
    "priority": 1
  }'`);
  expect(created).toMatchObject({ code: 0, data: { id: 'local-task-001', command: 'nvidia-smi', priority: 1 } });
  const done = await scene.until(
    'it to be completed',
    taskOf('local-task-001'),
    ({ data }) => data.status === 'completed',
  );
  expect(done.data).toMatchObject({ exit_code: 0, stdout: 'NVIDIA-SMI 550.54\n' });

  expect(await scene.json('curl http://localhost:8090/api/queue/status')).toMatchObject({
    code: 0,
    data: { pending: 0, running: 0, capacity: 4 },
  });
  expect(await scene.json('curl http://localhost:8090/api/tasks/task-001')).toMatchObject({ code: 30004 });
  // 本地提交的任务不会同步到 Backend
  expect(await scene.json('curl http://localhost:8080/api/v1/customer/tasks')).toMatchObject({ data: { total: 0 } });
});

testSeed('高级特性: dependencies, retries, and a command that the agent’s owner forbids', async () => {
  const scene = new Scene(world, 94);
  await scene.manager();
  await agentIn(scene, './remotegpu-agent');
  writeFileSync(join(scene.copy, 'evaluate.py'), 'print("evaluated")\n');
  writeFileSync(
    join(scene.copy, 'train.py'),
    'import os, sys\ntried = os.path.exists("tried")\nopen("tried", "w")\nsys.exit(0 if tried else 1)\n',
  );
  const post = (task: object) => scene.json(`curl http://localhost:8090/api/tasks -d '${JSON.stringify(task)}'`);
  const is = (id: string, status: string) =>
    scene.until(`${id} to be ${status}`, taskOf(id), ({ data }) => data.status === status);
  await post({ id: 'task-002', command: 'python evaluate.py', depends_on: ['task-001'], workdir: scene.copy });
  await post({ id: 'task-001', command: 'python train.py', max_retries: 3, retry_delay: 0, workdir: scene.copy });
  expect((await is('task-001', 'completed')).data).toMatchObject({ retry_count: 1 });
  expect((await is('task-002', 'completed')).data).toMatchObject({ stdout: 'evaluated\n' });
  await post({ id: 'task-003', command: 'rm -rf /', max_retries: 3 });
  expect((await is('task-003', 'failed')).data).toMatchObject({
    exit_code: -1,
    retry_count: 0,
    error: expect.stringContaining('command rejected: '),
  });
});

/**
 * 高级特性 1, on the agent's own queue and on the server's: a machine with one slot. What runs there is asked to go, and takes
 * its time; who is two steps more urgent waits all the same, who is three takes the place, and the first runs again.
 */
async function givesWay(scene: Scene, at: string, show: string): Promise<void> {
  await scene.manager();
  await agentIn(scene, './remotegpu-agent', (text) =>
    text.replace('max_workers: 4', 'max_workers: 1').replace(/security:[^]*/, ''),
  );
  await scene.until('the agent to be there', 'curl http://localhost:8080/api/v1/admin/agents', ({ data }) =>
    data.agents.some(({ machine_id: id }: Json) => id === 'machine-001'),
  );
  const post = async (task: object): Promise<void> => {
    const body = JSON.stringify({ machine_id: 'machine-001', workdir: scene.copy, ...task });
    writeFileSync(join(scene.copy, 'task.json'), body);
    expect(await scene.json(`curl ${at} -d @task.json`)).toMatchObject({ code: 0 });
  };
  const line = (id: string): string => `curl ${show}/${id}`;
  const is = async (id: string, status: string): Promise<Json> =>
    (await scene.until(`${id} to be ${status}`, line(id), ({ data }) => data.status === status)).data;
  // It is asked once, and goes in its own time; the second time it is let end.
  const low = `echo begun >> low; trap 'echo asked >> low; sleep 1; echo gone >> low; exit 143' TERM
    [ $(grep -c begun low) -gt 1 ] || while :; do sleep 0.05; done`;
  await post({ id: 'low', command: low, priority: 8 });
  await is('low', 'running');
  await scene.until('it to have begun', 'grep -c begun low', (count) => count === 1);
  await post({ id: 'near', command: 'cat low', priority: 6 });
  expect((await scene.json(line('near'))).data.status).toBe('pending');
  expect((await scene.json(line('low'))).data.status).toBe('running');
  await post({ id: 'urgent', command: 'cp low at-urgent', priority: 5 });
  await is('urgent', 'completed');
  // Verified gone before its place was used.
  expect((await scene.typed('cat at-urgent')).output).toBe('begun\nasked\ngone');
  expect(await is('low', 'completed')).toMatchObject({ retry_count: 0, exit_code: 0 });
  expect((await scene.typed('cat low')).output).toBe('begun\nasked\ngone\nbegun');
  // In its old place: behind both.
  const [near, last] = [await is('near', 'completed'), await is('low', 'completed')];
  expect(Date.parse(last.started_at)).toBeGreaterThanOrEqual(Date.parse(near.ended_at));
}

testSeed('任务优先级和抢占, in the agent’s own queue', () =>
  givesWay(new Scene(world, 124), 'http://localhost:8090/api/tasks', 'http://localhost:8090/api/tasks'),
);
testSeed('任务优先级和抢占, in the server’s', () =>
  givesWay(new Scene(world, 125), 'http://localhost:8080/api/v1/tasks', 'http://localhost:8080/api/v1/customer/tasks'),
);
