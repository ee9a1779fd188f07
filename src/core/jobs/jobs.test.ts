/** A job's way through the core: submitted, placed, run, and over once. */
import { JobId } from '../../../protocol/jobs';
import { SETTINGS } from '../test-fleet';
import { ALICE, TestPool } from './test-pool';

test('goes to a worker in the turn it is submitted in, runs, and completes', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ command: ['echo', 'hi'] });
  expect(pool.state(id)).toBe('active');
  expect(pool.words).toMatchObject([
    {
      worker: 'w1',
      word: { kind: 'run', job: id, spec: { name: `job.${id}.1`, command: ['echo', 'hi'], role: 'job' } },
    },
  ]);
  pool.begin(id);
  expect(pool.attempt(id).state.kind).toBe('running');
  pool.end(id);
  expect(pool.job(id)).toMatchObject({ state: { kind: 'completed' }, exitCode: 0 });
  expect(pool.words.at(-1)).toMatchObject({ word: { kind: 'forget', attempt: `${id}.1` } });
  // Told again, it is acknowledged again and changes nothing.
  pool.end(id, 3);
  expect(pool.job(id)).toMatchObject({ state: { kind: 'completed' }, exitCode: 0 });
});

test('waits for a slot, and is next in the order of submission', () => {
  const pool = new TestPool();
  pool.worker('w1', 1);
  const [a, b, c] = [pool.submit(), pool.submit(), pool.submit({ priority: 1 })];
  expect([a, b, c].map((id) => pool.state(id))).toEqual(['active', 'queued', 'queued']);
  pool.end(a);
  expect([b, c].map((id) => pool.state(id))).toEqual(['queued', 'active']);
  pool.end(c);
  expect(pool.state(b)).toBe('active');
});

test('is tried again while its budget lasts, and fails with the last reason', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ retry: { max: 1, delayMs: 1000 } });
  pool.end(id, 3);
  expect(pool.job(id)).toMatchObject({ retries: 1, state: { kind: 'waiting', for: 'delay' } });
  pool.pass(999, 'w1');
  expect(pool.state(id)).toBe('waiting');
  pool.pass(1, 'w1');
  expect(pool.state(id)).toBe('active');
  pool.end(id, 4);
  expect(pool.job(id)).toMatchObject({ state: { kind: 'failed', why: 'exit code 4' }, exitCode: 4 });
});

test('an exit code after which nothing helps spends no retry', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ retry: { max: 5, delayMs: 0, notOn: [2] } });
  pool.end(id, 2);
  expect(pool.state(id)).toBe('failed');
});

test('128 + n is the exit code of what signal n ended, unless it was asked for', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const retry = { max: 5, delayMs: 60_000, notOn: [137] };
  const [killed, timedOut] = [pool.submit({ retry }), pool.submit({ retry })];
  pool.end(killed, 137);
  pool.endAs(pool.attempt(timedOut), 'timeout', 137);
  expect([killed, timedOut].map((id) => pool.state(id))).toEqual(['failed', 'waiting']);
});

test('a worker that is silent for as long as it is trusted loses the job; its result counts while nobody has begun anew', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ trustMs: 60_000, retry: { max: 3, delayMs: 0 } });
  pool.begin(id);
  pool.pass(59_999);
  expect(pool.attempt(id).state.kind).toBe('running');
  pool.pass(1);
  expect(pool.attempt(id).state).toMatchObject({ kind: 'ended', outcome: 'lost', why: 'lease expired' });
  expect(pool.job(id)).toMatchObject({ state: { kind: 'queued' }, retries: 1 });
  pool.end(id, 0);
  expect(pool.job(id)).toMatchObject({ state: { kind: 'completed' } });
});

test('where it was lost it goes again only if no other can take it', () => {
  const pool = new TestPool();
  pool.worker('full-disk');
  const id = pool.submit({ retry: { max: 3, delayMs: 0 } });
  pool.endAs(pool.attempt(id), 'lost');
  // There is no other.
  expect(pool.attempt(id).worker).toBe('full-disk');
  pool.worker('well');
  pool.endAs(pool.attempt(id), 'lost');
  expect(pool.attempt(id).worker).toBe('well');
  expect(pool.job(id).retries).toBe(2);
});

test('renewals keep the lease for as long as they come', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ trustMs: 60_000 });
  pool.begin(id);
  pool.pass(50_000, 'w1');
  pool.model.jobs.renewedAtMs.set(pool.attempt(id).id, pool.nowMs);
  pool.pass(50_000, 'w1');
  expect(pool.attempt(id).state.kind).toBe('running');
  pool.pass(10_000, 'w1');
  expect(pool.job(id).state).toEqual({ kind: 'failed', why: 'lease expired' });
});

test('cancelled while it waits it is over at once; while it runs, when its end is verified', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const [a, b] = [pool.submit(), pool.submit()];
  for (const id of [a, b])
    pool.ask({
      kind: 'cancelJob',
      id,
      why: 'wrong data',
      by: { kind: 'user', id: null, name: 'bob', ip: null, text: 'bob' },
    });
  expect(pool.job(b).state).toEqual({ kind: 'cancelled', why: 'cancelled by bob: wrong data' });
  expect(pool.job(a).state.kind).toBe('active');
  expect(pool.words.at(-1)).toMatchObject({ word: { kind: 'stop', outcome: 'cancelled' } });
  pool.endAs(pool.attempt(a), 'cancelled', 143);
  expect(pool.state(a)).toBe('cancelled');
});

test('dependents wait, run after all have completed, and fail by name when one has not', () => {
  const pool = new TestPool();
  pool.worker('w1', 4);
  const [a, b] = [pool.submit(), pool.submit()];
  const both = pool.submit({ after: [a, b] });
  const any = pool.submit({ after: [a, b], afterMode: 'any_terminal' });
  const later = pool.submit({ after: [both] });
  expect([both, any, later].map((id) => pool.state(id))).toEqual(['waiting', 'waiting', 'waiting']);
  pool.end(a);
  pool.end(b, 1);
  expect(pool.job(both).state).toEqual({ kind: 'failed', why: `job ${b}, which it waits for, is failed: exit code 1` });
  expect(pool.state(later)).toBe('failed');
  expect(pool.state(any)).toBe('active');
});

test('a gang gets all of its nodes or none, and ends as one', () => {
  const pool = new TestPool();
  for (const id of ['w1', 'w2', 'w3']) pool.worker(id);
  const blocker = pool.submit({ needs: { worker: 'w3' } });
  const gang = pool.submit({ needs: { nodes: 3 } });
  expect(pool.state(gang)).toBe('queued');
  pool.end(blocker);
  const nodes = pool.model.jobs.liveOf(gang);
  expect(nodes.map(({ worker, node }) => [worker, node])).toEqual([
    ['w1', 0],
    ['w2', 1],
    ['w3', 2],
  ]);
  const [first, second, third] = nodes;
  if (first === undefined || second === undefined || third === undefined) throw new Error('no gang');
  pool.endAs(second, 'failed', 9);
  expect(pool.state(gang)).toBe('active');
  expect(pool.words.filter(({ word }) => word.kind === 'stop').map(({ worker }) => worker)).toEqual(['w1', 'w3']);
  pool.endAs(first, 'cancelled');
  pool.endAs(third, 'cancelled');
  expect(pool.job(gang).state).toEqual({ kind: 'failed', why: 'exit code 9' });
});

test('a device is handed on only when it was seen empty after the job before', () => {
  const pool = new TestPool();
  pool.worker('w1', 8);
  pool.devices('w1', 0, 3000);
  const [a, b] = [pool.submit({ needs: { gpus: { count: 1 } } }), pool.submit({ needs: { gpus: { count: 1 } } })];
  // The second device is used by a stranger.
  expect(pool.attempt(a).gpus).toEqual([{ index: 0, memoryBytes: null }]);
  expect(pool.state(b)).toBe('queued');
  pool.end(a);
  expect(pool.state(b)).toBe('queued');
  pool.nowMs += 1000;
  pool.devices('w1', 20_000, 3000);
  expect(pool.state(b)).toBe('queued');
  pool.nowMs += 1000;
  pool.devices('w1', 3, 3000);
  expect(pool.attempt(b).gpus).toEqual([{ index: 0, memoryBytes: null }]);
});

test('what its launcher does not hold after a reconnect is said again, and what it should not hold goes', () => {
  const pool = new TestPool();
  pool.worker('w1', 2);
  const [a, b] = [pool.submit(), pool.submit()];
  pool.begin(b);
  pool.words.length = 0;
  pool.resync('w1', [pool.attempt(b).id, 'j9.99' as never]);
  expect(pool.words.map(({ word }) => [word.kind, word.attempt])).toEqual([
    ['run', `${a}.1`],
    ['forget', 'j9.99'],
  ]);
  pool.resync('w1', [pool.attempt(a).id]);
  expect(pool.job(b).state).toMatchObject({ kind: 'failed' });
});

test('the same key and the same id with the same wish are the same job', () => {
  const pool = new TestPool();
  const id = pool.submit({ command: 'a' }, { key: 'k' });
  expect(pool.submit({ command: 'b' }, { key: 'k' })).toBe(id);
  expect(pool.submit({ command: 'a' }, { id })).toBe(id);
  expect(() => pool.submit({ command: 'b' }, { id })).toThrow(/is taken by another job/);
  expect(pool.model.jobs.all.size).toBe(1);
});

test('an id that comes again with the same wish is the same job, in whatever order the wish is written', () => {
  const pool = new TestPool();
  const { spec } = pool.job(pool.submit({ needs: { cpus: 1 }, env: { A: '1', B: '2' } }, { id: 'mine' }));
  const submitted = (asked: typeof spec): unknown =>
    pool.ask({
      kind: 'submitJobs',
      jobs: [{ id: JobId.parse('mine'), spec: asked, key: null, meta: {} }],
      via: 'procguard',
      owner: 'alice',
      by: ALICE,
    }).reply;
  const turned = Object.fromEntries(Object.entries(spec).reverse()) as typeof spec;
  expect(submitted({ ...turned, env: { B: '2', A: '1' } })).toMatchObject([{ isNew: false }]);
  expect(submitted({ ...spec, env: { A: '1' } })).toMatchObject({ code: 'job_taken' });
  expect(submitted({ ...spec, needs: { ...spec.needs, labels: { a: 'b' } } })).toMatchObject({ code: 'job_taken' });
});

test('what the configuration makes secret is marked through every door, and the same wish again is the same job', () => {
  const pool = new TestPool({ ...SETTINGS, secretNames: ['*_DSN'] });
  const wish = { env: { MAIN_DSN: 'd', PORT: '80' } };
  expect(pool.job(pool.submit(wish, { id: 'mine' })).spec.secrets).toEqual(['MAIN_DSN']);
  expect(pool.submit(wish, { id: 'mine' })).toBe('mine');
});
