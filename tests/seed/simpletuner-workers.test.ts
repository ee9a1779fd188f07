/**
 * The lines of seed 004 (SimpleTuner) that administrate workers, as written, ports included: nobody is defined, so this
 * machine needs no login. `w_abc123` is what creating the worker answered.
 */
import { useWorld } from '../harness/world';
import { Scene, testSeed } from './scene';

const world = useWorld();

const NEW_WORKER = `curl -s -X POST http://localhost:8001/api/admin/workers \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "worker-1",
    "labels": {
      "location": "us-west",
      "gpu_type": "a100",
      "team": "nlp"
    }
  }'`;

testSeed('标签 and 管理操作: created, listed, drained, given another token, deleted', async () => {
  const scene = new Scene(world, 96);
  await scene.manager();
  const about = (line: string): string => line.replace('w_abc123', id);

  const { worker_id: id, token, name } = await scene.json(NEW_WORKER);
  expect({ id, token, name }).toEqual({
    id: expect.stringMatching(/^w_/),
    token: expect.stringMatching(/^wt_/),
    name: 'worker-1',
  });
  const { workers } = await scene.json('curl -s http://localhost:8001/api/admin/workers | jq');
  expect(workers).toEqual([
    expect.objectContaining({
      id,
      name: 'worker-1',
      worker_type: 'persistent',
      labels: { location: 'us-west', gpu_type: 'a100', team: 'nlp' },
      last_heartbeat: null,
    }),
  ]);
  expect(
    await scene.json(about('curl -s -X POST http://localhost:8001/api/admin/workers/w_abc123/drain')),
  ).toMatchObject({ success: true, status: 'draining' });
  const rotated = await scene.json(about('curl -s -X POST http://localhost:8001/api/admin/workers/w_abc123/token'));
  expect(rotated).toMatchObject({ worker_id: id, token: expect.stringMatching(/^wt_/) });
  expect(rotated.token).not.toBe(token);
  expect(await scene.json(about('curl -s -X DELETE http://localhost:8001/api/admin/workers/w_abc123'))).toEqual({
    success: true,
    worker_id: id,
  });
  expect(await scene.json('curl -s http://localhost:8001/api/admin/workers | jq')).toMatchObject({
    workers: [],
    total: 0,
  });
});
