/**
 * The lines of seed 004 (SimpleTuner) about servers and workers, as written, ports included. `simpletuner` is
 * ./simpletuner on the PATH, `https://orchestrator.example.com:8001` is this machine, `w_abc123` and `wt_xxxxxxxxxxxx` are what
 * creating the worker answered, `$ADMIN_TOKEN` is an administrator's.
 */
import type { Program } from '../harness/program';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { OldClient } from './old-client';
import { DEADLINE_MS, Scene, testSeed, type Json } from './scene';

const world = useWorld();

const LIST = 'curl -s http://localhost:8001/api/admin/workers | jq';

testSeed('快速开始: a server, a token, a worker by flags, and one by variables', async () => {
  const scene = new Scene(world, 96);
  await scene.manager('simpletuner server --host 0.0.0.0 --port 8001');
  scene.environment['ADMIN_TOKEN'] = (
    await scene.json(`curl http://localhost:8001/api/tokens -d '{"name":"a"}'`)
  ).token;
  const create = (name: string): Promise<Json> =>
    scene.json(`curl -s -X POST http://localhost:8001/api/admin/workers \\
  -H "Authorization: Bearer $ADMIN_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "${name}",
    "worker_type": "persistent",
    "labels": {"location": "datacenter-a", "gpu_type": "a100"}
  }'`);
  const first = await create('gpu-worker-1');
  expect(first).toMatchObject({
    worker_id: expect.stringMatching(/^w_/),
    token: expect.stringMatching(/^wt_/),
    name: 'gpu-worker-1',
  });

  scene.type(`simpletuner worker \\
  --orchestrator-url http://localhost:8001 \\
  --worker-token ${first.token} \\
  --name gpu-worker-1 \\
  --persistent`);
  const second = await create('gpu-worker-2');
  scene.type(`export SIMPLETUNER_ORCHESTRATOR_URL=http://localhost:8001
export SIMPLETUNER_WORKER_TOKEN=${second.token}
export SIMPLETUNER_WORKER_NAME=gpu-worker-2
export SIMPLETUNER_WORKER_PERSISTENT=true

simpletuner worker`);
  const { workers } = await scene.until('both to be there', LIST, ({ workers: all }) =>
    (all as { status: string }[]).every(({ status }) => status === 'idle'),
  );
  expect(workers).toEqual([
    expect.objectContaining({ id: first.worker_id, name: 'gpu-worker-1', worker_type: 'persistent' }),
    expect.objectContaining({ id: second.worker_id, name: 'gpu-worker-2', worker_type: 'persistent' }),
  ]);
  for (const { labels, last_heartbeat: beat } of workers) {
    expect(labels).toMatchObject({ location: 'datacenter-a', gpu_type: 'a100' });
    expect(beat).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
  }
});

testSeed(
  '生产环境: the same server with TLS, a worker of its time and ours, by its authority and by --ssl-no-verify',
  async () => {
    const scene = new Scene(world, 97);
    const server = scene.type('simpletuner server --host 0.0.0.0 --port 8001 --ssl');
    await until('it to answer', DEADLINE_MS, async () => {
      if (!server.isRunning) throw new Error(server.output);
      return (await scene.typed('curl -f --insecure https://localhost:8001/healthz')).code === 0;
    });
    const ca = 'data/tls/ca.pem';
    const curl = `curl --cacert ${ca}`;
    const at = 'https://localhost:8001/api';
    const token = async (name: string): Promise<string> =>
      (await scene.json(`${curl} ${at}/admin/workers -d '{"name": "${name}"}'`)).token as string;
    const run = async (): Promise<string> => {
      const body = '{"config_name": "my-config", "target": "worker"}';
      const { job_id: id } = await scene.json(`${curl} ${at}/queue/submit -d '${body}'`);
      const show = `${curl} ${at}/cloud/jobs/${id}`;
      const { job } = await scene.until(
        'the job to be completed',
        show,
        (answer) => answer.job?.status === 'completed',
      );
      return job.metadata.worker_id as string;
    };
    const nameOf = async (id: string): Promise<string> => {
      const { workers } = await scene.json(`${curl} ${at}/admin/workers`);
      return (workers as Json[]).find((worker) => worker.id === id).name as string;
    };
    const shown = await token('stranger');
    // Who knows nothing of the authority sends its token to nobody.
    const stranger = OldClient.worker(
      scene,
      { name: 'stranger', token: shown },
      '--persistent',
      'https://localhost:8001',
    );
    const refused = await stranger.until('it to find no trust', ({ what }) => what === 'unreachable');
    expect(refused.why).toMatch(/certificate verify failed/i);
    await stranger.program.end();

    scene.environment['SSL_CERT_FILE'] = ca;
    const old = OldClient.worker(
      scene,
      { name: 'old', token: await token('old') },
      '--persistent',
      'https://localhost:8001',
    );
    expect(await nameOf(await run())).toBe('old');
    expect((await old.event('job_submit')).data).toMatchObject({ type: 'job_submit' });
    await old.program.end();

    const worker = (name: string, shownToken: string, trust: string): Program =>
      scene.type(
        `exec simpletuner worker --orchestrator-url https://localhost:8001 --worker-token ${shownToken} --name ${name} --persistent ${trust}`,
      );
    for (const trust of [`--ca ${ca}`, '--ssl-no-verify']) {
      const name = trust.split(' ')[0]?.slice(2) ?? '';
      const ours = worker(name, await token(name), trust);
      expect(await nameOf(await run())).toBe(name);
      await ours.end();
    }
    const last = worker('no-trust', await token('no-trust'), '');
    await until('our own to find no trust either', DEADLINE_MS, () => /signed by no authority/.test(last.output));
  },
);

testSeed('标签 and 管理操作: created, listed, drained, given another token, deleted', async () => {
  const scene = new Scene(world, 98);
  // Offline is known sooner.
  scene.environment['PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT'] = '6';
  await scene.manager();
  const {
    worker_id: id,
    token,
    name,
  } = await scene.json(`curl -s -X POST http://localhost:8001/api/admin/workers \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "worker-1",
    "labels": {
      "location": "us-west",
      "gpu_type": "a100",
      "team": "nlp"
    }
  }'`);
  expect({ id, name }).toEqual({ id: expect.stringMatching(/^w_/), name: 'worker-1' });
  const about = (line: string): Promise<Json> => scene.json(line.replace('w_abc123', id));
  const run = (shown: string) =>
    scene.type(
      `simpletuner worker --orchestrator-url http://localhost:8001 --worker-token ${shown} --name worker-1 --persistent`,
    );
  const first = run(token);
  await scene.until('it to be idle', LIST, ({ workers }) => workers[0].status === 'idle');

  expect(await about('curl -s -X POST http://localhost:8001/api/admin/workers/w_abc123/drain')).toMatchObject({
    success: true,
    status: 'draining',
  });
  expect((await scene.json(LIST)).workers[0]).toMatchObject({ id, status: 'draining' });

  const rotated = await about('curl -s -X POST http://localhost:8001/api/admin/workers/w_abc123/token');
  expect(rotated).toMatchObject({ worker_id: id, token: expect.stringMatching(/^wt_/) });
  expect(rotated.token).not.toBe(token);
  await scene.until('the old token to be cut off', LIST, ({ workers }) => workers[0].status === 'offline');
  await first.end();
  const second = run(rotated.token);
  await scene.until('the new one to be good', LIST, ({ workers }) => workers[0].status === 'draining');

  const remove = 'curl -s -X DELETE http://localhost:8001/api/admin/workers/w_abc123';
  expect(await about(remove)).toMatchObject({ success: false, error: expect.stringContaining('worker-1') });
  await second.end();
  await scene.until('it to be offline', LIST, ({ workers }) => workers[0].status === 'offline');
  expect(await about(remove)).toMatchObject({ success: true, worker_id: id });
  expect(await scene.json(LIST)).toMatchObject({ workers: [], total: 0 });
});
