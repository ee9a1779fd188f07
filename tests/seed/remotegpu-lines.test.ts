/**
 * The lines of seed 003 (RemoteGPU), as written, ports included. `<user_token>` is a token, `/workspace` a directory that
 * exists, `agent.yaml.example` is configs/agent.yaml, and `./remotegpu-agent` is our launcher.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useWorld } from '../harness/world';
import { OldClient } from './old-client';
import { Scene, testSeed } from './scene';

const world = useWorld();

/** 示例 1, with its placeholders filled. */
const newTask = (token: string, workspace: string): string => `curl -X POST http://localhost:8080/api/v1/tasks \\
  -H "Authorization: Bearer ${token}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "machine_id": "machine-001",
    "command": "python3",
    "args": ["train.py", "--epochs", "10"],
    "work_dir": "${workspace}",
    "priority": 5,
    "timeout": 3600
  }'`;

function workspaceIn(scene: Scene): string {
  const workspace = join(scene.copy, 'workspace');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'train.py'), 'import os, sys\nprint("trained", *sys.argv[1:], "in", os.getcwd())\n');
  return workspace;
}

testSeed('示例 1 with an agent of its time: claimed, started, completed, and its output is there', async () => {
  const scene = new Scene(world, 91);
  await scene.manager();
  const workspace = workspaceIn(scene);
  const user = await scene.userToken();
  const token = await scene.workerToken('agent-001');
  const agent = OldClient.agent(scene, { id: 'agent-001', machine: 'machine-001', token });

  const created = await scene.json(newTask(user, workspace));
  expect(created).toMatchObject({ code: 0, data: { machine_id: 'machine-001', command: 'python3', priority: 5 } });
  const { id } = created.data as { id: string };
  const claimed = await agent.until('the task to be claimed', ({ what }) => what === 'claimed');
  expect(claimed.task).toMatchObject({ id, args: ['train.py', '--epochs', '10'], workdir: workspace, timeout: 3600 });
  expect(await agent.until('its end', ({ what }) => what === 'completed')).toMatchObject({
    id,
    code: 0,
    stored: 'completed',
  });

  const as = `-H "Authorization: Bearer ${user}"`;
  expect(await scene.json(`curl ${as} http://localhost:8080/api/v1/customer/tasks/${id}`)).toMatchObject({
    code: 0,
    data: { id, status: 'completed', exit_code: 0, stdout: `trained --epochs 10 in ${workspace}\n` },
  });
  expect(await scene.json(`curl ${as} http://localhost:8080/api/v1/customer/tasks/${id}/result`)).toMatchObject({
    code: 0,
    data: { task_id: id, status: 'completed', exit_code: 0 },
  });
});
