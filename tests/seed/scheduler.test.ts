/**
 * What seed 000 (ExpBuild) promises of its scheduler, each as a behaviour: a queue, workers that register and beat, matching
 * by platform, so many tasks at once, leases with a retry when they run out. `re-server` is our manager,
 * `expbuild-worker daemon` our launcher, its `[worker.platform]` labels, its `max_concurrent_tasks` slots.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { useWorld } from '../harness/world';
import { Scene, testSeed, type Json } from './scene';

const world = useWorld();
const AT = 'http://localhost:5000/api/jobs';

async function sceneAt(number: number): Promise<Scene> {
  const scene = new Scene(world, number);
  scene.environment['PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT'] = '5';
  await scene.manager();
  return scene;
}
const submit = (scene: Scene, job: object): Promise<Json> =>
  scene.json(`curl ${AT} -d '${JSON.stringify({ working_dir: scene.copy, ...job })}'`);
const until = (scene: Scene, id: string, state: string): Promise<Json> =>
  scene.until(`job ${id} to be ${state}`, `curl ${AT}/${id}`, ({ state: now }) => now === state);
const ready = (scene: Scene, worker: string): Promise<Json> =>
  scene.until(`${worker} to be there`, 'curl http://localhost:5000/api/remote-workers', (all) => worker in all);

testSeed('tasks go to workers of their platform, and no more at once than those take', async () => {
  const scene = await sceneAt(131);
  mkdirSync(join(scene.copy, 'now'));
  scene.type('exec ./start_worker.sh --worker-id linux --labels OSFamily=Linux,Arch=x86_64 --slots 4');
  scene.type('exec ./start_worker.sh --worker-id other --labels OSFamily=Windows,Arch=arm64 --slots 4');
  await ready(scene, 'linux');
  await ready(scene, 'other');
  const goes = 'until [ -e go ]; do sleep 0.05; done; ls now | wc -l >> at-once';
  const command = `touch now/$PROCGUARD_JOB_ID; ${goes}; rm now/$PROCGUARD_JOB_ID`;
  const ids: string[] = [];
  for (let i = 0; i < 12; i++)
    ids.push((await submit(scene, { command, needs: { labels: { OSFamily: 'linux', ISA: 'x86-64' } } })).job_id);
  await scene.until('as many as it takes', 'ls now | wc -l', (count) => count === 4);
  await scene.typed('touch go');
  for (const id of ids) expect(await until(scene, id, 'completed')).toMatchObject({ worker_id: 'linux' });
  const atOnce = (await scene.typed('cat at-once')).output.split('\n').map(Number);
  expect(Math.max(...atOnce)).toBe(4);

  const nowhere = await submit(scene, { command: 'true', needs: { labels: { Arch: 'sparc' } } });
  expect(nowhere.warnings).toHaveLength(1);
  expect(await scene.json(`curl ${AT}/${nowhere.job_id}`)).toMatchObject({ state: 'queued' });
});

testSeed('a task whose worker is gone for longer than its lease is tried again on another', async () => {
  const scene = await sceneAt(132);
  const first = scene.type('exec ./start_worker.sh --worker-id first --slots 1');
  await ready(scene, 'first');
  const { job_id: id } = await submit(scene, {
    command: 'echo "$PROCGUARD_WORKER" >> tried; [ "$PROCGUARD_WORKER" = second ] || exec sleep 1000',
    trust: '10s',
    retries: { max: 1, delay: 0 },
  });
  await until(scene, id, 'running');
  await first.end('SIGKILL');
  scene.type('exec ./start_worker.sh --worker-id second --slots 1');
  const done = await until(scene, id, 'completed');
  expect(done).toMatchObject({ worker_id: 'second', retries: 1 });
  expect(done.tries.map(({ worker_id: worker, outcome }: Json) => [worker, outcome])).toEqual([
    ['first', 'lost'],
    ['second', 'completed'],
  ]);
  expect((await scene.typed('cat tried')).output).toBe('first\nsecond');
});
