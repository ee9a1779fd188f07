/**
 * SimpleTuner's orchestrator (seed 004) on a real manager: raw requests, and a worker of theirs that knows nothing of us
 * (tests/fixtures/clients/simpletuner-worker.py).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartedManager } from '../harness/manager';
import type { Program } from '../harness/program';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 30_000;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- looked into by the tests
type Json = any;

class Orchestrator {
  private constructor(readonly manager: StartedManager) {}

  static async start(env: Record<string, string> = {}): Promise<Orchestrator> {
    const templates = join(world.directory(), 'jobs');
    mkdirSync(templates);
    writeFileSync(join(templates, 'my-config.yaml'), 'command: echo trained\nconfig: {epochs: 2}\n');
    writeFileSync(join(templates, 'two-gpus.yaml'), 'command: echo trained\nconfig: {"--num_processes": 2}\n');
    return new Orchestrator(
      await StartedManager.start(world, { env: { PROCGUARD_JOBS_TEMPLATES_DIR: templates, ...env } }),
    );
  }

  async ask(method: string, path: string, body?: unknown, token?: string): Promise<{ status: number; body: Json }> {
    const reply = await fetch(this.manager.url + path, {
      method,
      headers: token === undefined ? {} : { 'X-Worker-Token': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, body: await reply.json() };
  }
  async get(path: string): Promise<Json> {
    return (await this.ask('GET', path)).body;
  }

  /** A token of a worker to come. */
  async mint(name: string, more: object = {}): Promise<{ token: string; worker_id: string }> {
    return (await this.ask('POST', '/api/admin/workers', { name, ...more })).body as {
      token: string;
      worker_id: string;
    };
  }
  async submit(body: object = {}): Promise<Json> {
    return (await this.ask('POST', '/api/queue/submit', { config_name: 'my-config', ...body })).body;
  }
  async job(id: string): Promise<Json> {
    return (await this.get(`/api/cloud/jobs/${id}`)).job;
  }
  is(id: string, status: string): Promise<Json> {
    let last: Json = null;
    return until(`${id} to be ${status}`, DEADLINE_MS, async () => {
      last = await this.job(id);
      return last.status === status ? last : null;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
    });
  }
  worker(token: string, name: string, ...flags: string[]): OldWorker {
    const who = ['--orchestrator-url', this.manager.url, '--worker-token', token, '--name', name];
    const client = resolve('tests/fixtures/clients/simpletuner-worker.py');
    return new OldWorker(world.start(['python3', client, ...who, '--beat', '0.3', '--reconnect', '0.2', ...flags]));
  }
  async listed(): Promise<Json> {
    return (await this.get('/api/admin/workers')).workers[0];
  }
}

class OldWorker {
  constructor(readonly program: Program) {}
  get told(): Json[] {
    return this.program.output.split('\n').flatMap((line) => (line.startsWith('{"what"') ? [JSON.parse(line)] : []));
  }
  events(type: string): Json[] {
    return this.told.filter((told) => told.what === 'event' && told.type === type);
  }
  /** The jobs that it was sent; the same one is said again until it is answered. */
  async sent(): Promise<Json[]> {
    await this.until('a job to be sent', ({ type }) => type === 'job_submit');
    const byAttempt = new Map(this.events('job_submit').map(({ data }) => [data.attempt_id, data]));
    return [...byAttempt.values()];
  }
  until(what: string, isIt: (told: Json) => boolean): Promise<Json> {
    return until(what, DEADLINE_MS, () => this.told.find(isIt)).catch((error: Error) => {
      throw new Error(`${error.message}: ${this.program.output}`);
    });
  }
}

test('a job reaches a worker that is there, with the template’s config, and its end is told', async () => {
  const here = await Orchestrator.start();
  const { token, worker_id: id } = await here.mint('gpu-1', { labels: { gpu_type: 'a100' } });
  const worker = here.worker(token, 'gpu-1', '--persistent');
  await until('it to be idle', DEADLINE_MS, async () => (await here.listed()).status === 'idle');
  expect(await here.listed()).toMatchObject({ id, connected: true, gpu_count: 2, gpu_name: 'NVIDIA A100-SXM4-80GB' });
  const given = await here.submit({ target: 'worker', worker_labels: { gpu_type: 'a100*' } });
  expect(given).toMatchObject({ success: true, status: 'running', allocated_worker_id: id, error: null });
  const done = await here.is(given.job_id, 'completed');
  expect(done).toMatchObject({
    config_name: 'my-config',
    provider: 'worker',
    metadata: { worker_id: id, exit_code: 0 },
  });
  expect(await worker.sent()).toEqual([
    expect.objectContaining({
      job_id: given.job_id,
      config: { epochs: 2 },
      dataloader: [],
      upload_endpoint: '',
      upload_token: '',
    }),
  ]);
  expect(await here.get('/api/queue/stats')).toMatchObject({
    by_status: { completed: 1 },
    workers: { total_workers: 1, idle_workers: 1, busy_workers: 0 },
  });
});

test('a job waits for a worker to come, keeps order and fit, and an ephemeral one is sent home after one', async () => {
  const here = await Orchestrator.start();
  const never = await here.submit({ worker_labels: { gpu_type: 'h100' } });
  const large = await here.submit({ config_name: 'two-gpus' });
  const small = await here.submit();
  expect(never).toMatchObject({ status: 'queued', queue_position: 1, reason: expect.stringContaining('no worker') });
  expect(small).toMatchObject({ status: 'queued', queue_position: 3 });
  const { token } = await here.mint('spot', { worker_type: 'ephemeral' });
  const worker = here.worker(token, 'spot', '--gpus', '1', '--stay');
  await here.is(small.job_id, 'completed');
  expect(await worker.until('it to be sent home', ({ what }) => what === 'shutdown')).toMatchObject({
    reason: expect.stringContaining('ephemeral'),
  });
  await worker.program.ended;
  expect((await here.job(large.job_id)).status).toBe('pending');
  await until('it to be offline', DEADLINE_MS, async () => (await here.listed()).status === 'offline');
});

test('a running job is cancelled on its worker', async () => {
  const here = await Orchestrator.start();
  const { token } = await here.mint('w');
  const worker = here.worker(token, 'w', '--persistent', '--trainer', 'exec sleep 1000');
  const { job_id: id } = await here.submit();
  await worker.until('it to train', ({ what }) => what === 'running');
  expect(await here.listed()).toMatchObject({ status: 'busy', current_job_id: id });
  // What its heartbeats tell is shown.
  const progress = await until('its progress', DEADLINE_MS, async () => {
    const told = (await here.job(id)).progress;
    return told?.percent === 40 ? told : null;
  });
  expect(progress).toEqual({ percent: 40, message: 'step 7' });
  expect(await here.listed()).toMatchObject({ gpu_utilization: 0.5, vram_used_gb: 1 });
  const [node] = (await here.get('/api/nodes')).workers;
  // Which of the two has the memory it does not say.
  expect(node.gpus).toMatchObject([0, 1].map((index) => ({ index, utilization: 0.5, memory_used_bytes: null })));
  expect(await here.ask('POST', `/api/queue/${id}/cancel`, {})).toMatchObject({ status: 200, body: { success: true } });
  await here.is(id, 'cancelled');
  await worker.until('it to be told', ({ type }) => type === 'job_cancel');
  expect(worker.events('job_cancel')).toHaveLength(1);
  expect((await here.ask('POST', `/api/workers/job/${id}/status`, { status: 'training' }, token)).status).toBe(409);
});

test('what a worker did not answer is said again on its next stream; training goes on over a restart of the manager', async () => {
  const here = await Orchestrator.start();
  const { token } = await here.mint('w');
  const go = join(world.directory(), 'go');
  const trainer = `until test -e ${go}; do sleep 0.05; done`;
  const worker = here.worker(token, 'w', '--persistent', '--trainer', trainer, '--drop-stream');
  const { job_id: id } = await here.submit();
  await worker.until('it to train', ({ what }) => what === 'running');
  await here.manager.program.end('SIGKILL');
  const again = await here.manager.again();
  await worker.until('it to be told to go on', ({ answer }) => answer?.resume_job?.job_id === id);
  writeFileSync(go, '');
  await until('it to be completed', DEADLINE_MS, async () => {
    const { job } = await again.get<Json>(`/api/cloud/jobs/${id}`);
    return job?.status === 'completed' && job.metadata.attempt === 1;
  });
});

test('a worker that dies loses its job to the next, after its silence; one that is deaf to a job too', async () => {
  const here = await Orchestrator.start({ SIMPLETUNER_HEARTBEAT_TIMEOUT: '10' });
  const { token } = await here.mint('a');
  const first = here.worker(token, 'a', '--persistent', '--trainer', 'sleep 1000', '--die', 'after-training');
  const { job_id: id } = await here.submit();
  await first.program.ended;
  const { token: other } = await here.mint('b');
  const second = here.worker(other, 'b', '--persistent');
  await here.is(id, 'completed');
  expect(await second.sent()).toHaveLength(1);
  expect(await here.job(id)).toMatchObject({ metadata: { retry_count: 1 } });
});

test('a worker that is shut down in the middle of a job says cancelled: the next one runs it at once', async () => {
  const here = await Orchestrator.start();
  const { token } = await here.mint('spot');
  const spot = here.worker(token, 'spot', '--persistent', '--trainer', 'exec sleep 1000');
  const { job_id: id } = await here.submit();
  await spot.until('it to train', ({ what }) => what === 'running');
  const { token: other } = await here.mint('other');
  const second = here.worker(other, 'other', '--persistent');
  await second.until('its stream', ({ what }) => what === 'stream');
  await spot.program.end('SIGTERM');
  expect(spot.told.filter(({ path }) => path === `/api/workers/job/${id}/status`).at(-1)).toMatchObject({
    status: 200,
  });
  await here.is(id, 'completed');
  expect(await second.sent()).toHaveLength(1);
  expect(await here.job(id)).toMatchObject({ metadata: { retry_count: 1 } });
});

test('each may speak for itself alone; what is not understood is told in detail', async () => {
  const here = await Orchestrator.start();
  const { token: a } = await here.mint('a');
  const { token: b } = await here.mint('b');
  const register = (name: string, token: string) =>
    here.ask('POST', '/api/workers/register', { name, gpu_count: 1 }, token);
  const { body: first } = await register('a', a);
  expect(first).toMatchObject({
    worker_id: expect.stringMatching(/^w_/),
    sse_url: `/api/workers/stream?worker_id=${first.worker_id}`,
    resume_job: null,
    abandon_job: null,
  });
  await register('b', b);
  const beat = (worker_id: string, token: string) =>
    here.ask('POST', '/api/workers/heartbeat', { worker_id, status: 'offline' }, token);
  expect(await beat(first.worker_id, a)).toEqual({ status: 200, body: { success: true } });
  expect(await beat('a', a)).toMatchObject({ status: 200 });
  const odd = { worker_id: 'a', status: 'idle', gpu_utilization: 'n/a', vram_used_gb: -1, job_progress: 'half' };
  expect(await here.ask('POST', '/api/workers/heartbeat', odd, a)).toMatchObject({ status: 200 });
  expect(await beat(first.worker_id, b)).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('Worker ID mismatch') },
  });
  expect(await beat(first.worker_id, `${a}x`)).toMatchObject({
    status: 401,
    body: { detail: expect.stringContaining('Invalid worker token') },
  });
  expect(await register('c', 'wt_of_nobody')).toMatchObject({ status: 401 });
  const { job_id: id } = await here.submit();
  const status = (job: string, said: object, token: string) =>
    here.ask('POST', `/api/workers/job/${job}/status`, said, token);
  expect(await status(id, { status: 'training' }, b)).toMatchObject({
    status: 403,
    body: { detail: expect.stringContaining('Worker not assigned to this job') },
  });
  expect(await status('none', { status: 'training' }, b)).toMatchObject({ status: 404 });
  // Anybody may speak for any worker at home, and this is nobody's.
  expect((await here.ask('POST', '/api/workers/job/none/status', { status: 'training' })).status).toBe(404);
  expect(await status(id, { status: 'dancing' }, b)).toMatchObject({ status: 422 });
  expect(await here.ask('POST', '/api/workers/register', {}, a)).toMatchObject({
    status: 422,
    body: { detail: expect.any(String) },
  });
  // Without their token it is ProcGuard's own registration.
  expect((await here.ask('POST', '/api/workers/register', {})).status).toBe(400);
  expect(await here.ask('GET', '/api/workers/queue?worker_id=a', undefined, a)).toEqual({
    status: 200,
    body: { has_jobs: true },
  });
  expect(await here.ask('POST', '/api/workers/disconnect', { worker_id: 'a' }, a)).toMatchObject({ status: 200 });
});

test('the queue: refused, held, approved, rejected, moved, limited, forgotten', async () => {
  const here = await Orchestrator.start();
  expect(await here.submit({ config_name: 'my-confg' })).toMatchObject({
    success: false,
    error: expect.stringContaining('near to it: my-config'),
  });
  expect(await here.submit({ config_name: '../procguard_config' })).toMatchObject({ success: false });
  expect(await here.submit({ target: 'kubeflow' })).toMatchObject({ success: false });
  expect(await here.submit({ no_wait: true })).toMatchObject({ success: false, status: 'rejected' });
  expect(await here.ask('POST', '/api/queue/submit', {})).toEqual({
    status: 422,
    body: expect.objectContaining({ detail: expect.stringContaining('config_name'), code: 'bad_request' }),
  });
  expect(await here.ask('POST', '/api/admin/workers', { labels: {} })).toEqual({
    status: 422,
    body: expect.objectContaining({ detail: expect.stringContaining('name') }),
  });
  const post = async (path: string, body: unknown = {}) => (await here.ask('POST', path, body)).body;
  const held = await here.submit({ for_approval: true });
  expect(held).toMatchObject({ status: 'blocked', requires_approval: true });
  expect(await post(`/api/queue/${held.job_id}/approve`)).toMatchObject({ success: true });
  const other = await here.submit({ for_approval: true });
  expect(await post(`/api/queue/${other.job_id}/reject?reason=no`)).toMatchObject({ success: true, reason: 'no' });
  expect(await here.job(other.job_id)).toMatchObject({
    status: 'cancelled',
    error_message: expect.stringContaining('rejected: no'),
  });
  const later = await here.submit();
  expect(await post(`/api/queue/${later.job_id}/priority`, { priority: 40 })).toMatchObject({
    previous_effective_priority: 10,
    new_effective_priority: 40,
    priority_override: 40,
  });
  expect(await here.get(`/api/queue/position/${later.job_id}`)).toMatchObject({ position: 1, queue_depth: 2 });
  const { entries } = await here.get('/api/queue');
  expect(entries.map(({ job_id }: Json) => job_id)).toEqual([later.job_id, held.job_id]);
  expect(entries[0]).toMatchObject({ priority_name: 'critical', status: 'pending', config_name: 'my-config' });
  expect((await here.get('/api/queue?include_completed=true')).total).toBe(4);
  expect(await post('/api/queue/concurrency', { max_concurrent: 5, user_max_concurrent: 2 })).toMatchObject({
    success: true,
  });
  expect(await here.get('/api/queue/concurrency')).toMatchObject({
    max_concurrent: 5,
    user_max_concurrent: 2,
    team_max_concurrent: null,
  });
  expect(await post('/api/queue/process')).toEqual({ success: true, dispatched: 0, job_ids: [] });
  expect(await post('/api/queue/cleanup?days=0')).toMatchObject({ success: true, deleted: 2 });
  expect(await here.get('/api/queue/me')).toMatchObject({ pending_count: 2, best_position: 1 });
  expect((await here.ask('GET', '/api/cloud/jobs/none')).body).toMatchObject({ detail: expect.any(String) });
});

test('a worker is drained, given another token, and deleted: its stream hears of each', async () => {
  const here = await Orchestrator.start();
  const { token, worker_id: id } = await here.mint('w');
  const worker = here.worker(token, 'w', '--persistent');
  await until('it to be idle', DEADLINE_MS, async () => (await here.listed()).status === 'idle');
  await here.ask('POST', `/api/admin/workers/${id}/drain`, {});
  await worker.until('it to be drained', ({ type }) => type === 'drain');
  expect((await here.submit()).status).toBe('queued');
  expect((await here.ask('DELETE', `/api/admin/workers/${id}`)).status).toBe(409);
  const rotated = (await here.ask('POST', `/api/admin/workers/${id}/token`, {})).body;
  expect((await worker.program.ended).code).toBe(1);
  const second = here.worker(rotated.token, 'w', '--persistent');
  await until('it to be back', DEADLINE_MS, async () => (await here.listed()).connected === true);
  await here.ask('DELETE', `/api/admin/workers/${id}?force=true`);
  await second.until('it to be sent home', ({ what }) => what === 'shutdown');
});

test('an ephemeral worker that is drained finishes its job, leaves, and is given no other', async () => {
  const here = await Orchestrator.start();
  const { token, worker_id: id } = await here.mint('spot', { worker_type: 'ephemeral' });
  const go = join(world.directory(), 'go');
  const worker = here.worker(token, 'spot', '--trainer', `until test -e ${go}; do sleep 0.05; done`);
  const first = await here.submit();
  await worker.until('it to train', ({ what }) => what === 'running');
  await here.ask('POST', `/api/admin/workers/${id}/drain`, {});
  await worker.until('it to be drained', ({ type }) => type === 'drain');
  const second = await here.submit();
  writeFileSync(go, '');
  await here.is(first.job_id, 'completed');
  expect(await worker.program.ended).toMatchObject({ code: 0 });
  expect((await here.job(second.job_id)).status).toBe('pending');
  expect(await here.listed()).toMatchObject({ id, status: 'offline' });
});

test('pages hear of jobs, trainings and workers as they change, and no longer than they may', async () => {
  const here = await Orchestrator.start();
  const page = world.start(['curl', '-sN', '-H', 'Accept: text/event-stream', `${here.manager.url}/api/events`]);
  const heard = (): Json[] =>
    page.output.split('\n').flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6))] : []));
  await until('it to be connected', DEADLINE_MS, () => heard().length > 0);
  const { token, worker_id: id } = await here.mint('w');
  const worker = here.worker(token, 'w', '--persistent');
  await worker.until('its stream', ({ what }) => what === 'stream');
  const { job_id: job } = await here.submit();
  await here.is(job, 'completed');
  const of = (type: string): Json[] => heard().filter((event) => event.type === type);
  // It is told idle behind the end of its job, and was before its beginning.
  for (const type of ['job.status', 'training.status'])
    await until(`the end by ${type}`, DEADLINE_MS, () => of(type).at(-1)?.status === 'completed');
  await until('the worker to be told idle again', DEADLINE_MS, () => of('worker.status').at(-1)?.status === 'idle');
  const steps = (list: Json[]): string[] =>
    list.map(({ status }) => status as string).filter((s, at, all) => s !== all[at - 1]);
  expect(heard()[0]).toMatchObject({ type: 'connected' });
  expect(steps(of('job.status'))).toEqual(['pending', 'running', 'completed']);
  expect(of('job.status').at(-1)).toMatchObject({ job_id: job, progress: { percent: 100 }, error: null });
  expect(steps(of('training.status'))).toEqual(['starting', 'running', 'completed']);
  expect(of('training.status')[0]).toMatchObject({ job_id: job, config_name: 'my-config', worker_id: id });
  expect(of('worker.status').at(-1)).toMatchObject({ worker_id: id });
  // From here on one must be known: what this page hears ends.
  const admin = { username: 'ada', password: 'a long enough passphrase', grants: ['admin'] };
  expect((await here.ask('POST', '/api/admin/users', admin)).status).toBe(200);
  await until('it to be cut off', DEADLINE_MS, () => !page.isRunning);
});
