/** Rare orders of events, each of which broke something once. */
import { JobId, JobSpec } from '../../../protocol/jobs';
import { Refusal } from '../../../protocol/errors';
import { LIMITS } from '../../../protocol/limits';
import { SETTINGS } from '../test-fleet';
import { Jobs } from './jobs';
import { loadJobs } from './load';
import { ALICE, TestPool } from './test-pool';
import type { NewJob } from './words';

const cancel = (pool: TestPool, id: string): void => void pool.ask({ kind: 'cancelJob', id, why: '', by: ALICE });

test('a gang that is cancelled while it ends for a failed node is cancelled, and not tried again', () => {
  const pool = new TestPool();
  for (const id of ['w1', 'w2']) pool.worker(id);
  const gang = pool.submit({ needs: { nodes: 2 }, retry: { max: 3, delayMs: 0 } });
  const [first, second] = pool.model.jobs.liveOf(gang);
  if (first === undefined || second === undefined) throw new Error('no gang');
  pool.endAs(first, 'failed', 1);
  cancel(pool, gang);
  pool.endAs(second, 'cancelled');
  expect(pool.state(gang)).toBe('cancelled');
});

test('the late result of one node does not complete a gang whose other node was stopped for its sake', () => {
  const pool = new TestPool();
  for (const id of ['w1', 'w2']) pool.worker(id);
  const gang = pool.submit({ needs: { nodes: 2 }, trustMs: 10_000, retry: { max: 3, delayMs: 60_000 } });
  const [first, second] = pool.model.jobs.liveOf(gang);
  if (first === undefined || second === undefined) throw new Error('no gang');
  pool.begin(gang, first);
  pool.model.jobs.renewedAtMs.set(second.id, pool.nowMs + 5_000);
  pool.pass(10_000, 'w2');
  pool.endAs(second, 'cancelled');
  expect(pool.state(gang)).toBe('waiting');
  pool.endAs(first, 'completed', 0);
  expect(pool.state(gang)).toBe('waiting');
});

test('a job whose dependency is refused in the same submission ends with it', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const failed = pool.submit();
  pool.end(failed, 1);
  pool.ask({
    kind: 'submitJobs',
    jobs: [
      { id: JobId.parse('a'), spec: JobSpec.parse({ command: 'true', after: [failed] }), key: null, meta: {} },
      { id: JobId.parse('b'), spec: JobSpec.parse({ command: 'true', after: ['a'] }), key: null, meta: {} },
    ],
    via: 'procguard',
    owner: 'alice',
    by: ALICE,
  });
  expect([pool.state('a'), pool.state('b')]).toEqual(['failed', 'failed']);
});

test('two that come together under one key are one', () => {
  const pool = new TestPool();
  const spec = JobSpec.parse({ command: 'true' });
  const jobs = ['a', 'b'].map((id) => ({ id: JobId.parse(id), spec, key: 'k', meta: {} }));
  const { reply } = pool.ask({ kind: 'submitJobs', jobs, via: 'procguard', owner: 'alice', by: ALICE });
  if (reply instanceof Refusal) throw reply;
  expect(reply.map(({ job }) => job.id)).toEqual(['a', 'a']);
  expect(pool.model.jobs.all.size).toBe(1);
});

test('one that fails for its dependency at the moment when its own time is over fails once', () => {
  const pool = new TestPool();
  const a = pool.submit({ timeouts: { queueMs: 1_000 } });
  const b = pool.submit({ timeouts: { queueMs: 1_000 }, after: [a] });
  pool.pass(1_000);
  expect(pool.state(b)).toBe('failed');
  expect(pool.events.filter(({ kind, message }) => kind === 'job.failed' && message.includes(b))).toHaveLength(1);
});

test('one that waited too long, and is tried again, has its whole time in the queue again; also over a restart', () => {
  const pool = new TestPool();
  const id = pool.submit({ timeouts: { queueMs: 1_000 } });
  pool.pass(1_000);
  expect(pool.state(id)).toBe('failed');
  pool.pass(5_000);
  pool.ask({ kind: 'retryJob', id, by: ALICE });
  const { submittedAtMs } = pool.job(id);
  pool.pass(999);
  expect(pool.job(id)).toMatchObject({ state: { kind: 'queued' }, submittedAtMs, retriedAtMs: submittedAtMs + 6_000 });
  const again = new Jobs();
  loadJobs(again, { jobs: [pool.job(id)], attempts: [], jobLimits: [], order: 0, epoch: 0 }, SETTINGS.jobs, pool.nowMs);
  expect([...again.due.take(pool.nowMs)]).toEqual([]);
  expect([...again.due.take(pool.nowMs + 1)]).toEqual([{ kind: 'job', id }]);
  pool.pass(1);
  expect(pool.state(id)).toBe('failed');
});

test('there may be no more jobs that are not over by trying again than by submitting', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const [a, b] = [pool.submit(), pool.submit()];
  for (const id of [a, b]) pool.end(id, 1);
  const { jobs } = pool.model;
  // As if all the others were there.
  const others = LIMITS.jobsQueuedMax - 1;
  const liveCount = (): number => others + jobs.count('queued') + jobs.count('active');
  Object.defineProperty(jobs, 'liveCount', { get: liveCount });
  pool.ask({ kind: 'retryJob', id: a, by: ALICE });
  expect(pool.state(a)).toBe('active');
  expect(pool.ask({ kind: 'retryJob', id: b, by: ALICE }).reply).toMatchObject({ code: 'queue_full' });
  expect(pool.state(b)).toBe('failed');
  expect(() => pool.submit()).toThrow(/jobs are not over/);
});

test('what others wait for is not forgotten, however old it is', () => {
  const pool = new TestPool();
  pool.worker('w1', 2);
  const [a, slow] = [pool.submit(), pool.submit({ trustMs: SETTINGS.jobs.keptMs * 2 })];
  const both = pool.submit({ after: [a, slow] });
  pool.end(a);
  pool.pass(SETTINGS.jobs.keptMs, 'w1');
  pool.end(slow);
  expect(pool.state(both)).not.toBe('waiting');
  pool.pass(SETTINGS.jobs.keptMs, 'w1');
  expect(pool.model.jobs.job(a)).toBeNull();
});

test('one that has run is tried again although what it waited for is forgotten; one that never ran says so', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const a = pool.submit();
  const b = pool.submit({ after: [a] });
  pool.end(a);
  pool.end(b, 1);
  const c = pool.submit();
  const d = pool.submit({ after: [c] });
  pool.end(c, 1);
  for (const id of [a, c]) pool.model.jobs.forget(id);
  const retry = (id: string): unknown => pool.ask({ kind: 'retryJob', id, by: ALICE }).reply;
  retry(b);
  expect(pool.state(b)).toBe('active');
  expect(retry(d)).toMatchObject({ code: 'unknown_job', message: expect.stringContaining('is forgotten') as string });
});

test('one that has run waits again for those alone that are not forgotten', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const [a, b] = [pool.submit(), pool.submit()];
  const both = pool.submit({ after: [a, b], afterMode: 'any_terminal' });
  for (const id of [a, b, both]) pool.end(id, 1);
  pool.ask({ kind: 'retryJob', id: b, by: ALICE });
  pool.model.jobs.forget(a);
  pool.ask({ kind: 'retryJob', id: both, by: ALICE });
  expect(pool.job(both)).toMatchObject({ state: { kind: 'waiting' }, spec: { after: [b] } });
  pool.end(b);
  expect(pool.state(both)).toBe('active');
});

describe('one that never ran is tried again although what was as it had to be is forgotten', () => {
  const begun = (spec: object = {}) => {
    const pool = new TestPool();
    pool.worker('w1');
    const [done, other] = [pool.submit(), pool.submit()];
    const id = pool.submit({ after: [done, other], ...spec });
    pool.end(done);
    return { pool, done, other, id };
  };
  const triedAgain = ({ pool, done, id }: ReturnType<typeof begun>): unknown => {
    pool.model.jobs.forget(done);
    return pool.ask({ kind: 'retryJob', id, by: ALICE }).reply;
  };

  test('when it failed for another', () => {
    const all = begun();
    const { pool, other, id } = all;
    pool.end(other, 1);
    pool.ask({ kind: 'retryJob', id: other, by: ALICE });
    expect(triedAgain(all)).toMatchObject({ state: { kind: 'waiting' }, spec: { after: [other] } });
    pool.end(other);
    expect(pool.state(id)).toBe('active');
  });

  test('when it was refused with its submission', () => {
    const all = begun();
    const { pool, done, other } = all;
    pool.end(other, 1);
    const id = pool.submit({ after: [done, other] });
    pool.ask({ kind: 'retryJob', id: other, by: ALICE });
    expect(triedAgain({ ...all, id })).toMatchObject({ state: { kind: 'waiting' }, spec: { after: [other] } });
  });

  test('when it was cancelled, or waited too long', () => {
    const cancelled = begun();
    cancel(cancelled.pool, cancelled.id);
    expect(triedAgain(cancelled)).toMatchObject({ state: { kind: 'waiting' } });
    const late = begun({ timeouts: { queueMs: 1_000 } });
    late.pool.pass(1_000, 'w1');
    expect(late.pool.state(late.id)).toBe('failed');
    expect(triedAgain(late)).toMatchObject({ state: { kind: 'waiting' } });
  });

  test('when any end would do: what is forgotten was over', () => {
    const all = begun({ afterMode: 'any_terminal' });
    const { pool, other, id } = all;
    cancel(pool, id);
    pool.end(other, 1);
    pool.model.jobs.forget(other);
    expect(triedAgain(all)).toMatchObject({ state: { kind: 'queued' }, spec: { after: [] } });
  });
});

test('a starving gang of more workers than there are keeps nobody from working', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const gang = pool.submit({ needs: { nodes: 2 } });
  pool.pass(SETTINGS.jobs.starvationMs, 'w1');
  const small = pool.submit();
  expect(pool.state(small)).toBe('active');
  // Once there are enough, it is kept free for.
  pool.worker('w2');
  pool.end(small);
  expect(pool.state(gang)).toBe('active');
});

test('what was left free for a starving job is used as soon as that is cancelled', () => {
  const pool = new TestPool();
  pool.worker('w1', 2);
  pool.devices('w1', 0);
  const needs = { gpus: { count: 1 } };
  pool.submit({ needs, trustMs: SETTINGS.jobs.starvationMs * 2 });
  const starving = pool.submit({ needs });
  pool.pass(SETTINGS.jobs.starvationMs, 'w1');
  const small = pool.submit();
  expect(pool.state(small)).toBe('queued');
  cancel(pool, starving);
  expect(pool.state(small)).toBe('active');
});

test('a device that is not yet seen empty is kept for a starving job that needs several', () => {
  const pool = new TestPool();
  pool.worker('w1', 9);
  pool.devices('w1', 0, 0);
  const one = { needs: { gpus: { count: 1 } }, preemptible: false, trustMs: 1e9 };
  const held = [pool.submit(one), pool.submit(one)];
  const large = pool.submit({ needs: { gpus: { count: 2 } } });
  pool.pass(SETTINGS.jobs.starvationMs, 'w1');
  const small = pool.submit(one);
  for (const job of held) {
    pool.end(job);
    expect([large, small].map((id) => pool.state(id))).toEqual(['queued', 'queued']);
    pool.nowMs += 1000;
    pool.devices('w1', 0, 0);
  }
  expect(pool.state(large)).toBe('active');
  expect(pool.state(small)).toBe('queued');
});

test('after a restart the longest over are still the first to be forgotten', () => {
  const pool = new TestPool();
  pool.worker('w1', 2);
  const [a, b] = [pool.submit(), pool.submit()];
  pool.end(b);
  pool.nowMs += 1;
  pool.end(a);
  const again = new Jobs();
  const jobs = [...pool.model.jobs.all.values()];
  loadJobs(again, { jobs, attempts: [], jobLimits: [], order: 0, epoch: 0 }, SETTINGS.jobs, pool.nowMs);
  expect([...again.done.keys()]).toEqual([b, a]);
});

test('what failed for good is kept apart: however many complete, and longer than they are', () => {
  const jobs = { ...SETTINGS.jobs, kept: 2, keptFailed: 2, keptMs: 1_000, keptFailedMs: 5_000 };
  const pool = new TestPool({ ...SETTINGS, jobs });
  pool.worker('w1');
  const ended = (code: number): JobId => {
    const id = pool.submit();
    pool.end(id, code);
    pool.pass(10, 'w1');
    return id;
  };
  const known = (): string[] => [...pool.model.jobs.all.keys()];
  const [first, ...failed] = [ended(1), ended(1), ended(1)];
  const done = [ended(0), ended(0), ended(0), ended(0)];
  expect(known()).toEqual([...failed, ...done.slice(-2)]);
  expect(known()).not.toContain(first);
  pool.pass(1_000, 'w1');
  expect(known()).toEqual(failed);
  pool.pass(4_000, 'w1');
  expect(known()).toEqual([]);
});

test('cancelled, and given up at the end of its lease: what it really ended with is recorded when it is told', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ trustMs: 60_000 });
  pool.begin(id);
  pool.ask({ kind: 'cancelJob', id, why: '', by: ALICE });
  pool.pass(60_000);
  expect(pool.job(id).state.kind).toBe('cancelled');
  expect(pool.attempt(id)).toMatchObject({ state: { outcome: 'cancelled' }, exit: null });
  // Its launcher is back, and is not told to forget before it has spoken.
  pool.resync('w1', [pool.attempt(id).id]);
  expect(pool.words.at(-1)).toMatchObject({ word: { kind: 'stop', outcome: 'cancelled', why: 'its lease was over' } });
  pool.endAs(pool.attempt(id), 'cancelled', 143);
  expect(pool.attempt(id)).toMatchObject({ state: { outcome: 'cancelled' }, exit: { signal: 'SIGTERM' } });
  expect(pool.words.at(-1)).toMatchObject({ word: { kind: 'forget' } });
  const known = pool.attempt(id);
  pool.endAs(known, 'completed', 0);
  expect(pool.attempt(id)).toBe(known);
  expect(pool.job(id).state.kind).toBe('cancelled');
});

test('what a submission comes to wait for is not forgotten by what the same submission brings to its end', () => {
  const jobs = { ...SETTINGS.jobs, keptFailed: 1 };
  const pool = new TestPool({ ...SETTINGS, jobs });
  pool.worker('w1');
  const failed = pool.submit();
  pool.end(failed, 1);
  const submitted = (id: string, spec: object): NewJob => ({
    id: JobId.parse(id),
    spec: JobSpec.parse({ command: 'true', ...spec }),
    key: null,
    meta: {},
  });
  pool.ask({
    kind: 'submitJobs',
    // The first fails at once, for it waits for what failed; the last waits for both that and one that is to come.
    jobs: [
      submitted('dead', { after: [failed] }),
      submitted('held', { notBeforeMs: pool.nowMs + 60_000 }),
      submitted('waits', { after: [failed, 'held'], afterMode: 'any_terminal' }),
    ],
    via: 'procguard',
    owner: 'alice',
    by: ALICE,
  });
  expect(pool.state('waits')).toBe('waiting');
  expect(pool.model.jobs.job(failed)).not.toBeNull();
});

test('a job whose name was that of a forgotten one runs once, and as it was asked for', () => {
  const pool = new TestPool();
  pool.submit({ command: 'before it' });
  const old = pool.submit({ command: 'the old one' }, { id: 'x' });
  cancel(pool, old);
  pool.pass(1);
  pool.ask({ kind: 'forgetJobs', overBeforeMs: pool.nowMs, by: ALICE });
  pool.submit({ command: 'the new one' }, { id: 'x' });
  pool.worker('w1', 4);
  const begun = pool.words.flatMap(({ word }) => (word.kind === 'run' ? [word.spec.command] : []));
  expect(begun).toEqual(['before it', 'the new one']);
});

test('a gang whose first end was not one after all is tried again, and is not cancelled by nobody', () => {
  const pool = new TestPool();
  for (const id of ['w1', 'w2']) pool.worker(id);
  const gang = pool.submit({ needs: { nodes: 2 }, retry: { max: 3, delayMs: 0 } });
  const [first, second] = pool.model.jobs.liveOf(gang);
  if (first === undefined || second === undefined) throw new Error('no gang');
  // The second is heard of, the first is not, and is given up.
  while (pool.model.jobs.liveOf(gang).length === 2) {
    pool.pass(60_000);
    pool.model.jobs.renewedAtMs.set(second.id, pool.nowMs);
  }
  pool.endAs(first, 'completed', 0);
  pool.endAs(second, 'cancelled', 143);
  expect(pool.state(gang)).not.toBe('cancelled');
});

test('the number of an attempt that a manager of before a restore gave is never given again', () => {
  const lost = new TestPool();
  const id = lost.submit({}, { id: 'train' });
  lost.worker('w1');
  const running = lost.attempt(id).id;
  // What was put back is of before.
  const back = new TestPool();
  back.submit({}, { id: 'train' });
  back.join('w1', {}, { slots: 1, attempts: [running] });
  expect(back.words.map(({ word }) => [word.kind, 'attempt' in word && word.attempt === running])).toEqual([
    ['forget', true],
    ['run', false],
  ]);
});

test('what is sent again by its id, without its key, is the same job', () => {
  const pool = new TestPool();
  pool.submit({}, { id: 'a', key: 'k' });
  expect(pool.submit({}, { id: 'a' })).toBe('a');
  const again = (key: string | null) => ({
    id: JobId.parse('a'),
    spec: JobSpec.parse({ command: 'true' }),
    key,
    meta: {},
  });
  const { reply } = pool.ask({
    kind: 'submitJobs',
    jobs: [again(null), again('k')],
    via: 'procguard',
    owner: 'alice',
    by: ALICE,
  });
  expect(reply).toMatchObject([{ job: { id: 'a' } }, { job: { id: 'a' } }]);
});

test('a limit of all values holds for values of any letters', () => {
  const pool = new TestPool();
  pool.ask({ kind: 'setJobLimit', scope: 'label:image=*', max: 1, by: ALICE });
  pool.ask({ kind: 'setJobLimit', scope: 'queue:*', max: 1, by: ALICE });
  pool.worker('w1', 4);
  const labelled = [1, 2].map(() => pool.submit({ labels: { image: 'torch:2.1=a' } }));
  const queued = [1, 2].map(() => pool.submit({ queue: 'a:b' }));
  expect([...labelled, ...queued].map((id) => pool.state(id))).toEqual(['active', 'queued', 'active', 'queued']);
});
