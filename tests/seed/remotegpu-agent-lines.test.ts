/**
 * The lines of seed 003 (RemoteGPU) that are typed on an agent's machine, as written, ports included. `agent.yaml` is the
 * sample of the seed with this machine's address, token and directory.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useWorld } from '../harness/world';
import { Scene, testSeed } from './scene';

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

async function agentIn(scene: Scene, start: string): Promise<void> {
  const token = await scene.workerToken('agent-001');
  writeFileSync(join(scene.copy, 'agent.yaml'), sample(token, join(scene.copy, 'agent-data')));
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
