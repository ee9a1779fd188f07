/**
 * One manager, one queue: an agent of RemoteGPU, a worker of SimpleTuner and our launcher side by side, with jobs that come by
 * each of the three ports. Whoever has room runs whatever fits, once, and each face shows all of it in its own words.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useWorld } from '../harness/world';
import { OldClient } from './old-client';
import { Scene, testSeed, type Json } from './scene';

const world = useWorld();

/** A trainer that does what a job of another face says: that is in its config. */
const TRAINER = `import json, os, subprocess, sys
config = json.load(open(os.environ["CONFIG"]))
sys.exit(subprocess.run(["sh", "-c", config["command"]], cwd=config["working_dir"]).returncode)
`;

testSeed('every kind of worker runs jobs of every face, each once, and all faces show them', async () => {
  const scene = new Scene(world, 127);
  await scene.manager();
  writeFileSync(join(scene.copy, 'trainer.py'), TRAINER);
  writeFileSync(
    join(scene.copy, 'configs/jobs/noted.yaml'),
    `command: 'echo $0 >> ran; sleep 0.2'\nworking_dir: ${scene.copy}\n`,
  );
  const agent = { id: 'agent-1', machine: 'machine-1', token: await scene.workerToken('agent-1') };
  OldClient.agent(scene, agent, '--max-workers 1');
  const shown = await scene.workerToken('st-1', { labels: { kind: 'simpletuner' } });
  const worker = OldClient.worker(scene, { name: 'st-1', token: shown }, `--persistent --trainer 'python3 trainer.py'`);
  await worker.until('its stream', ({ what }) => what === 'stream');
  scene.type('exec ./start_worker.sh --worker-id launcher-1 --slots 1');
  const agents = 'curl http://localhost:8080/api/v1/admin/agents';
  await scene.until('all three', agents, ({ data }) => data.total === 3);

  const noted = { command: 'echo ran >> ran; sleep 0.2', working_dir: scene.copy };
  const remoteGpu = async (more: object): Promise<string> => {
    const body = JSON.stringify({ ...noted, work_dir: scene.copy, ...more });
    return (await scene.json(`curl http://localhost:8080/api/v1/tasks -d '${body}'`)).data.id as string;
  };
  const simpleTuner = async (more: object): Promise<string> => {
    const body = JSON.stringify({ config_name: 'noted', ...more });
    return (await scene.json(`curl http://localhost:8001/api/queue/submit -d '${body}'`)).job_id as string;
  };
  const own = async (more: object): Promise<string> => {
    const body = JSON.stringify({ ...noted, ...more });
    return (await scene.json(`curl http://localhost:5000/api/jobs -d '${body}'`)).job_id as string;
  };
  const meant: Record<string, string> = {
    [await remoteGpu({ machine_id: 'launcher-1' })]: 'launcher-1',
    [await remoteGpu({ labels: { kind: 'simpletuner' } })]: 'st-1',
    [await simpleTuner({ worker_labels: { kind: 'simple*' } })]: 'st-1',
    [await simpleTuner({ worker_labels: { machine_id: 'machine-1' } })]: 'agent-1',
    [await own({ needs: { worker: 'machine-1' } })]: 'agent-1',
    [await own({ needs: { worker: 'launcher-1' } })]: 'launcher-1',
  };
  for (const submit of [remoteGpu, simpleTuner, own]) await submit({});

  const { data } = await scene.until(
    'all to be completed',
    'curl "http://localhost:8080/api/v1/customer/tasks?status=completed&page_size=20"',
    (answer) => answer.data.total === 9,
  );
  const ranOn = Object.fromEntries((data.list as Json[]).map((task) => [task.id, task.assigned_agent_id]));
  expect(ranOn).toMatchObject(meant);
  expect((await scene.typed('wc -l < ran')).output).toBe('9');
  const { entries, total } = await scene.json('curl "http://localhost:8001/api/queue?include_completed=true"');
  expect([total, new Set((entries as Json[]).map(({ status }) => status as string))]).toEqual([
    9,
    new Set(['completed']),
  ]);
  // Whoever has said that its job is done may not have said yet that it has nothing to do.
  const stats = await scene.until(
    'all to be idle',
    'curl http://localhost:8001/api/queue/stats',
    (answer) => answer.workers.idle_workers === 3,
  );
  expect(stats).toMatchObject({ by_status: { completed: 9 }, workers: { total_workers: 3, idle_workers: 3 } });
  const { jobs } = await scene.json('curl "http://localhost:5000/api/jobs?state=over"');
  expect((jobs as Json[]).map(({ state }) => state as string)).toEqual(Array(9).fill('completed'));
});
