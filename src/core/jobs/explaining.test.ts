/** explain is right for each reason for which a job can wait. */
import { explainJob } from './explaining';
import { neverRuns } from './never-runs';
import { ALICE, TestPool } from './test-pool';

const explained = (pool: TestPool, id: string) => explainJob(pool.model, pool.job(id), pool.settings, pool.nowMs);
const codes = (pool: TestPool, id: string): string[] => explained(pool, id).reasons.map(({ code }) => code);

test('dependencies: by name and state', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const a = pool.submit();
  expect(explained(pool, pool.submit({ after: [a] }))).toMatchObject({
    summary: `it waits for ${a} (active)`,
    reasons: [{ code: 'dependencies', about: [a] }],
  });
});

test('delay of a retry, a time before which it must not start, an approval', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const a = pool.submit({ retry: { max: 2, delayMs: 30_000 } });
  pool.end(a, 1);
  expect(explained(pool, a).summary).toBe('it is tried again (retry 1 of 2): it waits for another 30 s');
  expect(codes(pool, pool.submit({ notBeforeMs: pool.nowMs + 5000 }))).toEqual(['not_before']);
});

test('a limit: which, and how many count', () => {
  const pool = new TestPool();
  pool.worker('w1', 9);
  pool.ask({ kind: 'setJobLimit', scope: 'user:*', max: 1, by: ALICE });
  pool.submit();
  expect(explained(pool, pool.submit()).summary).toBe('the limit of user:alice is reached: 1 of 1 run');
  const other = pool.submit({}, { owner: 'bob' });
  expect(pool.state(other)).toBe('active');
});

test('no worker at all; none that ever could, and why each cannot', () => {
  const pool = new TestPool();
  const id = pool.submit({ needs: { labels: { team: 'nlp' } } });
  expect(codes(pool, id)).toEqual(['no_worker']);
  pool.worker('w1');
  pool.worker('w2', 1, { team: 'vision' });
  const { summary, reasons } = explained(pool, id);
  expect(reasons[0]?.code).toBe('never');
  expect(summary).toBe(
    'no known worker can ever run it. w1: it has no label team, w2: its label team is vision, not nlp',
  );
});

test('more nodes than there are', () => {
  const pool = new TestPool();
  pool.worker('w1');
  expect(explained(pool, pool.submit({ needs: { nodes: 2 } })).summary).toBe(
    '2 workers are needed at once, and 1 could ever run it',
  );
});

test('busy and behind others', () => {
  const pool = new TestPool();
  pool.worker('w1');
  pool.submit();
  pool.submit();
  const third = pool.submit();
  expect(codes(pool, third)).toEqual(['busy', 'order']);
  expect(explained(pool, third)).toMatchObject({
    ahead: 1,
    reasons: [{ about: ['w1'] }, { text: '1 queued job goes before it' }],
  });
});

test('draining, and out of reach', () => {
  const pool = new TestPool();
  pool.worker('w1');
  pool.ask({ kind: 'drain', id: 'w1', isDraining: true, by: ALICE });
  const id = pool.submit();
  expect(codes(pool, id)).toEqual(['draining']);
  pool.ask({ kind: 'drain', id: 'w1', isDraining: false, by: ALICE });
  const next = pool.submit();
  expect(pool.state(id)).toBe('active');
  pool.pass(11_000);
  pool.end(id);
  expect(codes(pool, next)).toEqual(expect.arrayContaining(['unreachable']));
});

test('devices: in use by a job, by strangers, or given back and not yet seen empty', () => {
  const pool = new TestPool();
  pool.worker('w1', 4);
  pool.devices('w1', 0, 5000);
  const gpu = { needs: { gpus: { count: 1 } } };
  const a = pool.submit(gpu);
  const b = pool.submit(gpu);
  expect(explained(pool, b).reasons.find(({ code }) => code === 'gpu_in_use')?.text).toBe(
    `on w1: GPU 0 is given to job ${a}, GPU 1 is used by programs that are not jobs (5000 MiB)`,
  );
  // Its slots are free.
  expect(codes(pool, b)).not.toContain('busy');
  pool.end(a);
  expect(codes(pool, b)).toContain('gpu_settling');
});

test('devices that are not known yet are waited for, and none is said to be missing', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ needs: { gpus: { count: 1 } } });
  const warnings = (): string[] => neverRuns(pool.model, [pool.job(id)], pool.settings);
  expect(codes(pool, id)).toEqual(['gpu_awaited']);
  pool.devicesUnseen('w1', 1000);
  expect(explained(pool, id)).toMatchObject({
    summary: 'which GPUs w1 has is not known yet',
    reasons: [{ code: 'gpu_awaited', about: ['w1'] }],
  });
  expect(warnings()).toEqual([]);
  pool.devicesUnseen('w1', 20_000);
  expect(codes(pool, id)).toEqual(['never']);
  expect(warnings()).toEqual([expect.stringContaining('w1: it has 0 GPUs, the job needs 1')]);
});

test('kept free for one that waits for too long', () => {
  const pool = new TestPool();
  pool.worker('w1', 2);
  pool.submit({ trustMs: 10 ** 9 });
  const large = pool.submit({ trustMs: 10 ** 9, needs: { memoryBytes: 60 * 2 ** 30 } });
  pool.devices('w1');
  const running = pool.submit({ needs: { memoryBytes: 60 * 2 ** 30 } });
  expect([pool.state(large), pool.state(running)]).toEqual(['active', 'queued']);
  pool.pass(3_600_000, 'w1');
  const small = pool.submit({ needs: { memoryBytes: 1 } });
  expect(codes(pool, small)).toContain('reserved');
});

test('a gang: how many are free of how many are needed', () => {
  const pool = new TestPool();
  pool.worker('w1');
  pool.worker('w2');
  pool.submit({ needs: { worker: 'w2' } });
  const gang = pool.submit({ needs: { nodes: 2 } });
  expect(explained(pool, gang).reasons[0]).toMatchObject({
    code: 'gang',
    text: '2 workers are needed at once, and 1 of the 2 that could run it are free',
  });
  expect(codes(pool, pool.submit({ needs: { nodes: 3 } }))).toEqual(['never']);
});

test('somebody gives way to it', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const low = pool.submit({ priority: 9 });
  const high = pool.submit({ priority: 1 });
  expect(explained(pool, high)).toMatchObject({
    summary: `${low} gives way to it`,
    next: 'the end of what gives way is verified',
  });
});

test('a worker that asks by itself', () => {
  const pool = new TestPool();
  pool.agent('agent-1');
  expect(codes(pool, pool.submit())).toEqual(['next_claim']);
});

test('what runs, what is being stopped, and what is over', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit();
  expect(explained(pool, id).summary).toBe('it was given to w1, which has not begun it yet');
  pool.begin(id);
  expect(explained(pool, id).summary).toBe('it runs on w1');
  pool.ask({ kind: 'cancelJob', id, why: '', by: ALICE });
  expect(explained(pool, id).summary).toBe('it is being stopped on w1: cancelled by alice');
  pool.endAs(pool.attempt(id), 'cancelled');
  expect(explained(pool, id)).toMatchObject({ state: 'cancelled', reasons: [] });
});
