/**
 * Agents of RemoteGPU as they were written before us, beside our launcher: what they do right, what befalls them, and what
 * they do wrong. Their code knows the protocol from its description alone (tests/fixtures/clients).
 */
import { isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { OldClient, type AgentName } from './old-client';
import { DEADLINE_MS, Scene, testSeed, type Json } from './scene';

const world = useWorld();
const AT = 'http://localhost:8080/api/v1';

interface Stage {
  readonly scene: Scene;
  readonly name: AgentName;
  submit(task: object): Promise<string>;
  task(id: string): Promise<Json>;
  until(id: string, status: string): Promise<Json>;
}

async function stageAt(number: number): Promise<Stage> {
  const scene = new Scene(world, number);
  await scene.manager();
  const token = await scene.workerToken('agent-1');
  const show = (id: string): string => `curl ${AT}/customer/tasks/${id}`;
  return {
    scene,
    name: { id: 'agent-1', machine: 'machine-1', token },
    submit: async (task) => {
      const body = JSON.stringify(task).replaceAll("'", `'\\''`);
      const { data, message } = await scene.json(`curl ${AT}/tasks -d '${body}'`);
      if (data?.id === undefined) throw new Error(message);
      return data.id as string;
    },
    task: async (id) => (await scene.json(show(id))).data,
    until: async (id, status) =>
      (await scene.until(`task ${id} to be ${status}`, show(id), ({ data }) => data.status === status)).data,
  };
}
const completion = (agent: OldClient): Promise<Json> => agent.until('its end', ({ what }) => what === 'completed');

testSeed('two agents and a launcher share a queue: each task runs once, somewhere', async () => {
  const { scene, name, submit, until: reached } = await stageAt(101);
  OldClient.agent(scene, name, '--max-workers 2');
  const second = { ...name, id: 'agent-2', machine: 'machine-2', token: await scene.workerToken('agent-2') };
  OldClient.agent(scene, second, '--max-workers 2 --token-header x-agent-token --renew-path lease/renew');
  scene.type('exec ./start_worker.sh --worker-id launcher-1 --slots 2');
  const ids: string[] = [];
  for (let i = 0; i < 30; i++)
    ids.push(
      await submit({
        command: `until [ -e go ]; do sleep 0.05; done; echo ran-${i} >> ran; sleep 0.3`,
        work_dir: scene.copy,
      }),
    );
  // Whoever is there first takes no more than fits: the last of them still finds some.
  await scene.until(
    'each of the three to have some',
    `curl "${AT}/customer/tasks?page_size=50"`,
    ({ data }) => new Set((data.list as Json[]).flatMap((task) => task.assigned_agent_id || [])).size === 3,
  );
  await scene.typed('touch go');
  const on = new Set<string>();
  for (const id of ids) on.add((await reached(id, 'completed')).assigned_agent_id);
  const { output } = await scene.typed('sort ran | uniq -c | sort -n');
  expect(output.split('\n').map((line) => line.trim().split(' ')[0])).toEqual(Array(30).fill('1'));
  expect([...on].sort()).toEqual(['agent-1', 'agent-2', 'launcher-1']);
});

testSeed('a manager that is away for a while: the task runs on, and its result comes when it is back', async () => {
  const { scene, name, submit, until: reached } = await stageAt(102);
  const id = await submit({
    machine_id: 'machine-1',
    command: 'until [ -e go ]; do sleep 0.05; done; echo done',
    work_dir: scene.copy,
  });
  const agent = OldClient.agent(scene, name);
  await agent.until('it to run', ({ what }) => what === 'running');
  await scene.endManager('SIGKILL');
  await scene.typed('touch go');
  await agent.until('the result to find nobody', ({ what, path }) => what === 'unreachable' && /complete$/.test(path));
  await scene.manager();
  expect(await completion(agent)).toMatchObject({ id, code: 0, stored: 'completed' });
  expect(await reached(id, 'completed')).toMatchObject({ exit_code: 0, stdout: 'done\n' });
});

testSeed('an agent that dies with a result on its disk sends it at its next start, and once', async () => {
  const { scene, name, submit, until: reached } = await stageAt(103);
  const id = await submit({ machine_id: 'machine-1', command: 'echo ran >> ran; echo kept', work_dir: scene.copy });
  const results = `--results ${world.directory()}`;
  await OldClient.agent(scene, name, `${results} --die after-keep`).program.ended;
  const again = OldClient.agent(scene, name, results);
  expect(await completion(again)).toMatchObject({ id, code: 0, stored: 'completed' });
  expect(await reached(id, 'completed')).toMatchObject({ stdout: 'kept\n' });
  expect((await scene.typed('cat ran')).output).toBe('ran');
});

testSeed('a failure is stored as a failure, with its exit code and what it wrote', async () => {
  const { scene, name, submit, until: reached } = await stageAt(104);
  const id = await submit({
    machine_id: 'machine-1',
    command: 'echo before; echo trouble >&2; exit 7',
    max_retries: 0,
  });
  expect(await completion(OldClient.agent(scene, name))).toMatchObject({ id, stored: 'failed', exit_code: 7 });
  expect(await reached(id, 'failed')).toMatchObject({ exit_code: 7, stdout: 'before\n', stderr: 'trouble\n' });
});

testSeed('a task that fails is tried again by the queue, and each try and the last end are known', async () => {
  const { scene, name, submit, until: reached } = await stageAt(126);
  const id = await submit({
    machine_id: 'machine-1',
    command: 'echo ran >> ran; exit 7',
    work_dir: scene.copy,
    max_retries: 2,
    retry_delay: 0,
  });
  const agent = OldClient.agent(scene, name);
  expect(await reached(id, 'failed')).toMatchObject({ exit_code: 7, retry_count: 2, max_retries: 2 });
  expect((await scene.typed('cat ran')).output).toBe('ran\nran\nran');
  expect(agent.told.filter(({ what }) => what === 'kept-to-itself')).toEqual([]);
});

testSeed('a result said twice is answered twice alike, and stored once', async () => {
  const { scene, name, submit, until: reached } = await stageAt(105);
  const id = await submit({ machine_id: 'machine-1', command: 'echo once' });
  const agent = OldClient.agent(scene, name, '--complete-twice');
  const both = await until('both answers', DEADLINE_MS, () => {
    const answers = agent.answers('/complete');
    return answers.length === 2 && answers;
  });
  expect(both).toEqual([
    expect.objectContaining({ status: 200, code: 0 }),
    expect.objectContaining({ status: 200, code: 0 }),
  ]);
  await reached(id, 'completed');
});

testSeed('words of another attempt change nothing: 409, 30001', async () => {
  const { scene, name, submit, task } = await stageAt(106);
  const id = await submit({ machine_id: 'machine-1', command: 'true' });
  const agent = OldClient.agent(scene, name, '--as-attempt 00000000-0000-4000-8000-000000000000');
  await agent.until('it to be refused', ({ what }) => what === 'not-started');
  expect(agent.answers('/start')).toEqual([expect.objectContaining({ status: 409, code: 30001 })]);
  expect(await task(id)).toMatchObject({ status: 'assigned' });
});

testSeed('a task that is cancelled while it runs: the agent hears so and ends the whole group', async () => {
  const { scene, name, submit, until: reached } = await stageAt(107);
  const id = await submit({
    machine_id: 'machine-1',
    command: 'sleep 1000 & echo $! > grandchild; wait',
    work_dir: scene.copy,
  });
  const agent = OldClient.agent(scene, name);
  const { pid } = await agent.until('it to run', ({ what }) => what === 'running');
  const said = await until('its child', DEADLINE_MS, async () =>
    /^\d+$/.exec((await scene.typed('cat grandchild')).output),
  );
  const grandchild = Number(said[0]);
  expect(await scene.json(`curl -X POST ${AT}/customer/tasks/${id}/cancel`)).toMatchObject({ code: 0 });
  await agent.until('it to be killed', ({ what }) => what === 'killed');
  expect([isAlive(pid), isAlive(grandchild)]).toEqual([false, false]);
  expect(agent.told.find(({ code }) => code === 30002)).toMatchObject({ status: 409 });
  await reached(id, 'cancelled');
});

testSeed('an agent that shows another agent’s token, or none that holds, gets nothing', async () => {
  const { scene, name, submit, task } = await stageAt(108);
  const id = await submit({ machine_id: 'machine-1', command: 'true' });
  const other = OldClient.agent(scene, { ...name, id: 'agent-2' });
  const none = OldClient.agent(scene, { ...name, token: 'wt_of_nobody' });
  const claim = (agent: OldClient) => agent.until('its claim to be answered', ({ path }) => path === '/tasks/claim');
  expect([401, 403]).toContain((await claim(other)).status);
  expect(await claim(none)).toMatchObject({ status: 401 });
  expect(await task(id)).toMatchObject({ status: 'pending' });
});

testSeed('output at the agent’s own limit, of both streams and full of quotes, arrives', async () => {
  const { scene, name, submit, until: reached } = await stageAt(109);
  const command = `head -c 2000000 /dev/zero | tr '\\0' '"'; head -c 2000000 /dev/zero | tr '\\0' '\\1' >&2`;
  const id = await submit({ machine_id: 'machine-1', command });
  expect(await completion(OldClient.agent(scene, name))).toMatchObject({ id, code: 0, stored: 'completed' });
  const { stdout, stderr } = await reached(id, 'completed');
  expect(Math.min(stdout.length, stderr.length)).toBeGreaterThan(1_000_000);
  expect(stdout).toMatch(/\n\.\.\.\[truncated, output exceeded 1MB limit\]$/);
});
