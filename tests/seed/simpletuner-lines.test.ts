/**
 * The lines of seed 004 (SimpleTuner) that submit jobs, as written, ports included. `$ADMIN_TOKEN` is an administrator's,
 * `my-training-config` and `my-config` are the samples in configs/jobs.
 */
import { useWorld } from '../harness/world';
import { OldClient } from './old-client';
import { Scene, testSeed, type Json } from './scene';

const world = useWorld();

testSeed('from the first worker to its first job, with a worker of its time', async () => {
  const scene = new Scene(world, 95);
  await scene.manager();
  scene.environment['ADMIN_TOKEN'] = await scene.userToken();
  const created = await scene.json(`curl -s -X POST http://localhost:8001/api/admin/workers \\
  -H "Authorization: Bearer $ADMIN_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "gpu-worker-1",
    "worker_type": "persistent",
    "labels": {"location": "datacenter-a", "gpu_type": "a100"}
  }'`);
  const worker = OldClient.worker(scene, { name: 'gpu-worker-1', token: created.token }, '--persistent');
  const submitted = await scene.json(`curl -s -X POST http://localhost:8001/api/queue/submit \\
  -H "Content-Type: application/json" \\
  -d '{
    "config_name": "my-training-config",
    "target": "worker"
  }'`);
  expect(submitted).toMatchObject({ success: true, job_id: expect.any(String) });
  expect((await worker.event('job_submit')).data).toMatchObject({ type: 'job_submit', job_id: submitted.job_id });
  expect(await worker.until('its end', ({ what }) => what === 'ended')).toMatchObject({
    id: submitted.job_id,
    code: 0,
  });

  const { workers } = await scene.until(
    'it to be idle again',
    'curl -s http://localhost:8001/api/admin/workers | jq',
    ({ workers: all }) => all[0].status === 'idle',
  );
  expect(workers).toEqual([
    expect.objectContaining({
      id: created.worker_id,
      name: 'gpu-worker-1',
      worker_type: 'persistent',
      gpu_count: 2,
      gpu_name: 'NVIDIA A100-SXM4-80GB',
      labels: expect.objectContaining({ location: 'datacenter-a', gpu_type: 'a100' }),
      last_heartbeat: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    }),
  ]);
});

testSeed('GPU 匹配 and 标签: by labels and globs, with a content type and without one', async () => {
  const scene = new Scene(world, 99);
  await scene.manager();
  const lines = [
    `curl -s -X POST http://localhost:8001/api/queue/submit \\
  -H "Content-Type: application/json" \\
  -d '{
    "config_name": "my-config",
    "target": "worker",
    "worker_labels": {"gpu_type": "a100*"}
  }'`,
    `# 匹配 team=nlp 的 Worker
curl -s -X POST http://localhost:8001/api/queue/submit \\
  -d '{"config_name": "my-config", "worker_labels": {"team": "nlp"}}'`,
    `# 匹配 gpu_type 以 "a100" 开头的 Worker
curl -s -X POST http://localhost:8001/api/queue/submit \\
  -d '{"config_name": "my-config", "worker_labels": {"gpu_type": "a100*"}}'`,
  ];
  const labels = { location: 'us-west', gpu_type: 'a100', team: 'nlp' };
  scene.type(
    `simpletuner worker --orchestrator-url http://localhost:8001 --worker-token ${await scene.workerToken('worker-1', { labels })} --name worker-1 --persistent`,
  );
  for (const line of lines) {
    const { job_id: id } = await scene.json(line);
    const job = await scene.until(
      'the job to be completed',
      `curl -s http://localhost:5000/api/jobs/${id}`,
      ({ state }: Json) => state === 'completed',
    );
    expect(job).toMatchObject({ worker_id: 'worker-1' });
  }
});

testSeed('Ephemeral 与 Persistent: a worker of ours that is not told to stay leaves after one job', async () => {
  const scene = new Scene(world, 100);
  await scene.manager();
  const line = `curl -s -X POST http://localhost:8001/api/queue/submit -d '{"config_name": "my-config", "target": "worker"}'`;
  const [first, second] = [await scene.json(line), await scene.json(line)];
  const worker = scene.type(`exec simpletuner worker \\
  --orchestrator-url http://localhost:8001 \\
  --worker-token ${await scene.workerToken('spot')} \\
  --name spot`);
  expect(await worker.ended).toMatchObject({ code: 0 });
  const show = (id: string): string => `curl -s http://localhost:5000/api/jobs/${id}`;
  await scene.until('its one job to be completed', show(first.job_id), ({ state }) => state === 'completed');
  expect(await scene.json(show(second.job_id))).toMatchObject({ state: 'queued' });
});

testSeed('jobs submit: a named job from its command line, looked at before, refused, and run', async () => {
  const scene = new Scene(world, 123);
  await scene.manager();
  expect(await scene.json('simpletuner jobs submit my-training-config --target worker --any-gpu --dry-run')).toEqual({
    config_name: 'my-training-config',
    target: 'worker',
    no_wait: false,
    any_gpu: true,
    parameters: {},
  });
  const refused = await scene.typed('simpletuner jobs submit my-training-config --target worker --no-wait');
  expect(refused).toEqual({ code: 1, output: expect.stringContaining('no worker has room for it now') });
  expect((await scene.typed('simpletuner jobs submit no-such-config')).code).toBe(3);
  const submitted = await scene.typed('simpletuner jobs submit my-training-config --target worker --set epochs=2');
  const [id = ''] = /^j_\w+(?= queued, number 1 in the queue$)/m.exec(submitted.output) ?? [];
  scene.type(
    `exec simpletuner worker --orchestrator-url http://localhost:8001 --worker-token ${await scene.workerToken('w1')} --name w1 -v`,
  );
  const show = `curl -s http://localhost:8001/api/cloud/jobs/${id}`;
  await scene.until('the job to be completed', show, ({ job }: Json) => job.status === 'completed');
  await scene.until('its output', `${show}/logs`, ({ logs }: Json) => String(logs).includes('epoch 2 of 2'));
  expect((await scene.typed('simpletuner')).code).toBe(2);
});
