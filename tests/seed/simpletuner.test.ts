/**
 * The lines of seed 004 (SimpleTuner), as written, ports included. `$ADMIN_TOKEN` is a token, `w_abc123` and
 * `wt_xxxxxxxxxxxx` are what creating the worker answered, `https://orchestrator.example.com:8001` is this machine.
 */
import { useWorld } from '../harness/world';
import { OldClient } from './old-client';
import { Scene, testSeed } from './scene';

const world = useWorld();

const NEW_WORKER = `curl -s -X POST http://localhost:8001/api/admin/workers \\
  -H "Authorization: Bearer $ADMIN_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "gpu-worker-1",
    "worker_type": "persistent",
    "labels": {"location": "datacenter-a", "gpu_type": "a100"}
  }'`;
const SUBMIT = `curl -s -X POST http://localhost:8001/api/queue/submit \\
  -H "Content-Type: application/json" \\
  -d '{
    "config_name": "my-training-config",
    "target": "worker"
  }'`;

testSeed('from the first worker to its last job, with a worker of its time', async () => {
  const scene = new Scene(world, 95);
  await scene.manager();
  scene.environment['ADMIN_TOKEN'] = await scene.userToken();

  const created = await scene.json(NEW_WORKER);
  expect(created).toMatchObject({
    worker_id: expect.stringMatching(/^w_/),
    token: expect.stringMatching(/^wt_/),
    name: 'gpu-worker-1',
  });
  const worker = OldClient.worker(scene, { name: 'gpu-worker-1', token: created.token }, '--persistent');

  const submitted = await scene.json(SUBMIT);
  expect(submitted).toMatchObject({ success: true, job_id: expect.any(String) });
  expect((await worker.event('job_submit')).data).toMatchObject({ type: 'job_submit', job_id: submitted.job_id });
  await worker.until('its end', ({ what }) => what === 'ended');
});
