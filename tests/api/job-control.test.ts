/** What people do with jobs: cancel, retry, approve, reorder, limit, wait; one by one and many by a filter. */
import type { ManyReply } from '../../protocol/jobs-http';
import { JobsHere } from './jobs-here';
import type { Answer } from './manager-here';

let here: JobsHere;
beforeEach(async () => (here = await JobsHere.open({ slots: 1 })));
afterEach(() => here.close());

const NOWHERE = { labels: { team: 'none' } };
const act = (id: string, what: string, body: unknown = {}): Promise<Answer> =>
  here.manager.post(`/api/jobs/${id}/${what}`, body);
const many = async (what: string, body: unknown): Promise<ManyReply> =>
  (await here.manager.post(`/api/jobs/${what}`, body)).body as ManyReply;

test('a queued job is cancelled at once; one that runs is stopped, and then over', async () => {
  const queued = await here.submit({ command: 'x', needs: NOWHERE });
  expect((await act(queued, 'cancel', { why: 'no use' })).body).toMatchObject({
    success: true,
    job: { state: 'cancelled', why: expect.stringMatching(/^cancelled by operator .*: no use$/) },
  });
  const running = await here.submit({ command: 'x' });
  const attempt = await here.begun(running);
  expect((await act(running, 'cancel')).body.job).toMatchObject({ state: 'stopping' });
  expect(await here.toldToStop(attempt)).toMatchObject({ outcome: 'cancelled' });
  await here.ended(running, null);
  expect((await here.job(running)).state).toBe('cancelled');
  expect((await act(running, 'cancel')).body).toMatchObject({ success: true, job: { state: 'cancelled' } });
});

test('a failed job is tried again; a completed one is not', async () => {
  const id = await here.submit({ command: 'x' });
  await here.ended(id, 1);
  expect((await act(id, 'retry')).body).toMatchObject({ job: { state: 'assigned', attempts: 2 } });
  await here.launcher.until(() => here.launcher.jobs.filter(({ kind }) => kind === 'run').length === 2);
  await here.ended(id, 0);
  expect(await act(id, 'retry')).toMatchObject({ status: 409, body: { code: 'job_state' } });
});

test('a held job waits for somebody’s approval', async () => {
  const id = await here.submit({ command: 'x', hold: true });
  expect(await here.job(id)).toMatchObject({ state: 'waiting', why: 'waits until somebody approves it' });
  expect((await act(id, 'approve')).body.job.state).toBe('assigned');
  expect((await act(id, 'approve')).status).toBe(409);
});

test('an urgent job goes before the others', async () => {
  await here.begun(await here.submit({ command: 'x', preemptible: false }));
  const [a, b] = [await here.submit({ command: 'a' }), await here.submit({ command: 'b' })];
  expect([(await here.job(a)).place, (await here.job(b)).place]).toEqual([0, 1]);
  await act(b, 'priority', { priority: 1 });
  expect([(await here.job(a)).place, (await here.job(b)).place]).toEqual([1, 0]);
  expect((await act(b, 'priority', { priority: 'first' })).status).toBe(400);
});

test('many by a filter, named first; each with its own result by ids', async () => {
  for (const queue of ['night', 'night', 'day']) await here.submit({ command: 'x', queue, needs: NOWHERE });
  const filter = { queue: 'night' };
  expect(await many('cancel', { filter, dry_run: true })).toMatchObject({ success: true, matched: 2 });
  expect(await many('cancel', { filter })).toMatchObject({
    matched: 2,
    results: [{ state: 'cancelled' }, { state: 'cancelled' }],
  });
  // What is over is not meant again.
  expect((await many('cancel', { filter })).matched).toBe(0);
  expect((await many('retry', { filter })).results.map(({ state }) => state)).toEqual(['queued', 'queued']);
  const [known] = (await many('cancel', { filter, dry_run: true })).results;
  const mixed = await many('cancel', { ids: [known?.job_id, 'nobody'] });
  expect(mixed).toMatchObject({ success: false, results: [{ ok: true }, { ok: false, code: 'unknown_job' }] });
  expect((await here.manager.post('/api/jobs/cancel', {})).status).toBe(400);
});

test('what failed and what failed for it are tried again with one act', async () => {
  const first = await here.submit({ command: 'x', queue: 'night' });
  const second = await here.submit({ command: 'x', queue: 'night', after: [first] });
  await here.ended(first, 1);
  expect(await act(second, 'retry')).toMatchObject({ status: 409, body: { code: 'job_state' } });
  const filter = { queue: 'night', state: 'failed' };
  expect(await many('retry', { filter })).toMatchObject({
    success: true,
    results: [
      { job_id: second, ok: true, state: 'waiting' },
      { job_id: first, ok: true, state: 'assigned' },
    ],
  });
});

test('a limit holds back, and is taken away', async () => {
  const limits = async (body: unknown): Promise<unknown> =>
    (await fetch(`${here.manager.url}/api/jobs/limits`, { method: 'PUT', body: JSON.stringify(body) })).json();
  expect(await limits({ scope: 'queue:night', max: 0 })).toEqual({
    limits: [{ scope: 'queue:night', max: 0, active: 0, from: 'api' }],
  });
  const id = await here.submit({ command: 'x', queue: 'night' });
  expect((await here.job(id)).state).toBe('queued');
  expect(await limits({ scope: 'queue:night', max: null })).toEqual({ limits: [] });
  expect((await here.job(id)).state).toBe('assigned');
  expect(await limits({ scope: 'worker:w1', max: 1 })).toMatchObject({ code: 'bad_request' });
});

test('whoever waits hears the end when it comes, and after a time that it has not', async () => {
  const id = await here.submit({ command: 'x' });
  expect((await here.manager.get(`/api/jobs/${id}/wait?timeout=0`)).body).toMatchObject({
    is_over: false,
    job: { state: 'assigned' },
  });
  const waiting = here.manager.get(`/api/jobs/${id}/wait?timeout=1m`);
  await here.ended(id, 5);
  expect((await waiting).body).toMatchObject({ is_over: true, job: { state: 'failed', exit_code: 5 } });
  expect((await here.manager.get(`/api/jobs/${id}/wait`)).body).toMatchObject({ is_over: true });
  expect((await here.manager.get(`/api/jobs/${id}/wait?timeout=2h`)).status).toBe(400);
});
