/**
 * Workers of SimpleTuner as they were written before us: what they do right, what befalls them, and what they do wrong.
 * Their code knows the protocol from its description alone (tests/fixtures/clients). A trainer waits for the file `go`.
 */
import { isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { OldClient } from './old-client';
import { DEADLINE_MS, Scene, testSeed, type Json } from './scene';

const world = useWorld();
const AT = 'http://localhost:8001/api';
const WAITS = `--trainer 'until [ -e go ]; do sleep 0.05; done'`;

interface Stage {
  readonly scene: Scene;
  worker(name: string, flags?: string, labels?: Record<string, string>): Promise<{ id: string; client: OldClient }>;
  submit(more?: object): Promise<Json>;
  job(id: string): Promise<Json>;
  until(id: string, status: string): Promise<Json>;
  row(id: string): Promise<Json>;
}

async function stageAt(number: number): Promise<Stage> {
  const scene = new Scene(world, number);
  await scene.manager();
  const list = `curl ${AT}/admin/workers`;
  const show = (id: string): string => `curl ${AT}/cloud/jobs/${id}`;
  const job = async (id: string): Promise<Json> => {
    const answer = await scene.json(show(id));
    return answer.job ?? answer;
  };
  return {
    scene,
    worker: async (name, flags = '--persistent', labels = {}) => {
      const body = JSON.stringify({
        name,
        labels,
        worker_type: flags.includes('--persistent') ? 'persistent' : 'ephemeral',
      });
      const { worker_id: id, token } = await scene.json(`${list} -d '${body}'`);
      const client = OldClient.worker(scene, { name, token }, flags);
      await client.until('its stream', ({ what }) => what === 'stream');
      return { id, client };
    },
    submit: (more = {}) =>
      scene.json(
        `curl ${AT}/queue/submit -d '${JSON.stringify({ config_name: 'my-config', target: 'worker', ...more })}'`,
      ),
    job,
    until: (id, status) =>
      until(`job ${id} to be ${status}`, DEADLINE_MS, async () => {
        const found = await job(id);
        return found.status === status ? found : null;
      }),
    row: async (id) => {
      const { workers } = await scene.json(list);
      return (workers as Json[]).find((worker: Json) => worker.id === id || worker.worker_id === id);
    },
  };
}

testSeed('two workers are given what waits, first come first served, and each job once', async () => {
  const { submit, worker, until: reached } = await stageAt(111);
  const jobs = [await submit(), await submit(), await submit()];
  expect(jobs.map(({ status }) => status)).toEqual(['queued', 'queued', 'queued']);
  const clients = [await worker('one'), await worker('two')].map(({ client }) => client);
  for (const { job_id: id } of jobs) await reached(id, 'completed');
  // What is not answered in time is said again; what counts is what was begun.
  const begun = clients.flatMap(({ told }) => told.filter(({ what }) => what === 'running').map(({ id }) => id));
  expect(begun.sort()).toEqual(jobs.map(({ job_id: id }) => id as string).sort());
});

testSeed('labels are globs, and a job that nobody matches waits, also where the manager could run it', async () => {
  const { submit, worker, until: reached, job } = await stageAt(112);
  await worker('west', '--persistent', { location: 'us-west', gpu_type: 'h100' });
  const { client } = await worker('a', '--persistent', { location: 'us-west', gpu_type: 'a100-80g' });
  const nobody = await submit({ target: 'auto', worker_labels: { location: 'eu-*' } });
  const { job_id: id } = await submit({ worker_labels: { gpu_type: 'a100*', location: 'us-west' } });
  await reached(id, 'completed');
  expect((await client.event('job_submit')).data.job_id).toBe(id);
  expect((await job(nobody.job_id)).status).toMatch(/pending|queued/);
});

testSeed('a cancelled job: its worker hears job_cancel, ends the whole group and says so', async () => {
  const { scene, submit, worker, until: reached } = await stageAt(113);
  const { client } = await worker('one', `--persistent --trainer 'sleep 1000 & wait'`);
  const { job_id: id } = await submit();
  const { pid } = await client.until('it to run', ({ what }) => what === 'running');
  await reached(id, 'running');
  expect(await scene.json(`curl -X POST ${AT}/queue/${id}/cancel`)).toMatchObject({ success: true });
  expect((await client.event('job_cancel')).data).toMatchObject({ type: 'job_cancel', job_id: id });
  await client.until('its end', ({ what, is_cancelled: isCancelled }) => what === 'ended' && isCancelled === true);
  expect(isAlive(pid)).toBe(false);
  await reached(id, 'cancelled');
});

testSeed('a training that fails is told with its exit code, and tried again three times', async () => {
  const { submit, worker, until: reached } = await stageAt(114);
  const { client } = await worker('one', `--persistent --trainer 'exit 3'`);
  const { job_id: id } = await submit();
  expect(await reached(id, 'failed')).toMatchObject({ error_message: expect.stringContaining('3') });
  expect(client.told.filter(({ what }) => what === 'running')).toHaveLength(4);
});

testSeed('a stream that is cut while a job runs: the worker comes back, and goes on with it', async () => {
  const { scene, submit, worker, until: reached } = await stageAt(115);
  const { client } = await worker('one', `--persistent --drop-stream ${WAITS}`);
  const { job_id: id } = await submit();
  const again = await client.until(
    'it to register again',
    ({ path, answer }) =>
      /register$/.test(path ?? '') && answer?.resume_job !== null && answer?.resume_job !== undefined,
  );
  expect(again.answer).toMatchObject({ resume_job: { job_id: id, config_name: 'my-config' }, abandon_job: null });
  await scene.typed('touch go');
  await reached(id, 'completed');
  expect(client.told.filter(({ what }) => what === 'running')).toHaveLength(1);
});

testSeed('a manager that is killed and comes back while a job runs: it is completed, and was run once', async () => {
  const { scene, submit, worker, until: reached } = await stageAt(116);
  const { client } = await worker(
    'one',
    `--persistent --trainer 'echo ran >> ran; until [ -e go ]; do sleep 0.05; done'`,
  );
  const { job_id: id } = await submit();
  await reached(id, 'running');
  await scene.endManager('SIGKILL');
  await scene.typed('touch go');
  await client.until('the end to find nobody', ({ what, path }) => what === 'unreachable' && /status$/.test(path));
  await scene.manager();
  await reached(id, 'completed');
  expect((await scene.typed('cat ran')).output).toBe('ran');
});

testSeed(
  'drained in the middle of a job: that is finished, no other comes; the persistent stays draining',
  async () => {
    const { scene, submit, worker, until: reached, job, row } = await stageAt(117);
    const { id: name, client } = await worker('one', `--persistent ${WAITS}`);
    const first = await submit();
    await reached(first.job_id, 'running');
    expect(await scene.json(`curl -X POST ${AT}/admin/workers/${name}/drain`)).toMatchObject({ status: 'draining' });
    await client.event('drain');
    const second = await submit();
    await scene.typed('touch go');
    await reached(first.job_id, 'completed');
    // Heartbeats say `idle`: that must not undo it.
    await until('two more heartbeats', DEADLINE_MS, () => {
      const done = client.told.findIndex(({ what }) => what === 'ended');
      return done >= 0 && client.told.slice(done).filter(({ path }) => /heartbeat$/.test(path ?? '')).length >= 2;
    });
    expect(await row(name)).toMatchObject({ status: 'draining' });
    expect((await job(second.job_id)).status).toMatch(/pending|queued/);
  },
);

testSeed('an ephemeral worker leaves after its one job, and what waits waits for another', async () => {
  const { submit, worker, until: reached, job } = await stageAt(118);
  const [first, second] = [await submit(), await submit()];
  const { client } = await worker('spot', '');
  await reached(first.job_id, 'completed');
  expect(await client.program.ended).toMatchObject({ code: 0 });
  expect(client.answers('/disconnect')).toEqual([expect.objectContaining({ status: 200 })]);
  expect((await job(second.job_id)).status).toMatch(/pending|queued/);
});

testSeed('one that is online is not deleted; with force it is told to shut down', async () => {
  const { scene, worker, row } = await stageAt(119);
  const { id, client } = await worker('one');
  const remove = `curl -w '\\n%{http_code}' -X DELETE ${AT}/admin/workers/${id}`;
  expect((await scene.typed(remove)).output).toMatch(/409$/);
  expect((await scene.typed(remove.replace(id, `${id}?force=true`))).output).toMatch(/200$/);
  expect((await client.event('shutdown')).data.reason).toEqual(expect.any(String));
  expect(await client.program.ended).toMatchObject({ code: 0 });
  expect(await row(id)).toBeUndefined();
});

testSeed('what a worker says of itself or of others beyond its right changes nothing', async () => {
  const { submit, worker, row, until: reached } = await stageAt(120);
  const { id } = await worker('honest', `--persistent --complete-twice`);
  const liar = await worker('liar', `--persistent --as-worker ${id} --beat-status offline`, { gpu_type: 'none' });
  const beat = await liar.client.until('its heartbeat to be answered', ({ path }) => /heartbeat$/.test(path ?? ''));
  expect(beat).toMatchObject({ status: 400, answer: { detail: expect.stringContaining('Worker ID mismatch') } });
  const odd = await worker('odd', `--persistent --beat-status draining`);
  await odd.client.until('its heartbeat to be answered', ({ path }) => /heartbeat$/.test(path ?? ''));
  expect((await row(odd.id)).status).toBe('idle');
  const { job_id: job } = await submit();
  await reached(job, 'completed');
});

testSeed('a worker whose token is nobody’s is refused in the words it knows, and ends', async () => {
  const { scene } = await stageAt(121);
  const stranger = OldClient.worker(scene, { name: 'x', token: 'wt_of_nobody' });
  expect(await stranger.program.ended).toMatchObject({ code: 1 });
  const [answer] = stranger.answers('/register');
  expect(answer).toMatchObject({ status: 401, answer: { detail: expect.stringContaining('Invalid worker token') } });
});

testSeed('a job that a worker did not hear is said again when its heartbeat says that it is idle', async () => {
  const { submit, worker, until: reached } = await stageAt(122);
  const { client } = await worker('one', '--persistent --miss');
  const { job_id: id } = await submit();
  await client.event('job_submit');
  await reached(id, 'completed');
  expect(client.told.filter(({ type }) => type === 'job_submit').length).toBeGreaterThan(1);
});
