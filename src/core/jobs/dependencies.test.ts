/** Chains, circles and many that wait for one: as deep and as wide as people make them. */
import { JobId, JobSpec } from '../../../protocol/jobs';
import { Refusal } from '../../../protocol/errors';
import { awaitedFirst } from './dependencies';
import { ALICE, TestPool } from './test-pool';

/** Submitted together, in this order. */
function submitAll(pool: TestPool, after: readonly (readonly [id: string, after: readonly string[]])[]) {
  return pool.ask({
    kind: 'submitJobs',
    jobs: after.map(([id, others]) => ({
      id: JobId.parse(id),
      spec: JobSpec.parse({ command: 'true', after: others }),
      key: null,
      meta: {},
    })),
    via: 'procguard',
    owner: 'alice',
    by: ALICE,
  }).reply;
}

test('a circle is refused with the way around it, however long, and nothing of its submission is taken', () => {
  const pool = new TestPool();
  const reply = submitAll(pool, [
    ['a', ['c']],
    ['b', ['a']],
    ['c', ['b']],
    ['d', []],
  ]);
  expect(reply).toBeInstanceOf(Refusal);
  expect((reply as Refusal).message).toMatch(/^job a would wait for itself: a waits for c waits for b waits for a;/);
  expect((submitAll(pool, [['a', ['a']]]) as Refusal).code).toBe('dependency_circle');
  expect(pool.model.jobs.all.size).toBe(0);
});

describe('an array that is waited for', () => {
  const withArray = (size: number): TestPool => {
    const pool = new TestPool();
    for (let index = 1; index <= size; index++)
      pool.submit({ array: { id: 'arr', index, atOnce: null } }, { id: `arr.${index}` });
    return pool;
  };

  test('is all of its jobs', () => {
    const pool = withArray(3);
    pool.worker('w1', 3);
    pool.submit({ after: ['arr'] }, { id: 'report' });
    expect(pool.job('report').spec.after).toEqual(['arr.1', 'arr.2', 'arr.3']);
    for (const id of ['arr.3', 'arr.1']) pool.end(id);
    expect(pool.state('report')).toBe('waiting');
    pool.end('arr.2');
    expect(pool.state('report')).toBe('active');
  });

  test('is unknown when all of it is forgotten', () => {
    const pool = withArray(12);
    const { model } = pool;
    expect([...model.jobs.ofArray('arr')]).toHaveLength(12);
    for (let index = 1; index <= 12; index++) model.jobs.forget(JobId.parse(`arr.${index}`));
    expect(model.jobs.ofArray('arr').size).toBe(0);
    expect((submitAll(pool, [['late', ['arr']]]) as Refusal).code).toBe('unknown_job');
  });

  test('gives way to a job of its name, known or of the same submission', () => {
    const pool = withArray(2);
    submitAll(pool, [
      ['arr', []],
      ['b', ['arr']],
    ]);
    expect(pool.job('b').spec.after).toEqual(['arr']);
    pool.submit({ after: ['arr'] }, { id: 'c' });
    expect(pool.job('c').spec.after).toEqual(['arr']);
  });

  test('is refused where it is longer than what a job may wait for, and nothing is taken', () => {
    const pool = withArray(1000);
    pool.submit({}, { id: 'other' });
    expect(submitAll(pool, [['all', ['arr']]])).not.toBeInstanceOf(Refusal);
    const refused = submitAll(pool, [['more', ['arr', 'other']]]) as Refusal;
    expect([refused.code, refused.message]).toEqual(['bad_request', expect.stringContaining('1001 jobs')]);
    expect(pool.model.jobs.job('more')).toBeNull();
  });
});

test('ten thousand in a chain fail for the first, each once', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const ids = Array.from({ length: 10_000 }, (_, i) => `j${i}`);
  const failed = (): number => pool.events.filter(({ kind }) => kind === 'job.failed').length;
  expect(
    submitAll(
      pool,
      ids.map((id, i) => [id, i === 0 ? [] : [`j${i - 1}`]]),
    ),
  ).not.toBeInstanceOf(Refusal);
  pool.end('j0', 1);
  expect(pool.job('j9999').state).toMatchObject({ kind: 'failed' });
  expect(failed()).toBe(10_000);
});

test('what waits for two that fail for one ends once', () => {
  const pool = new TestPool();
  pool.worker('w1');
  submitAll(pool, [
    ['a', []],
    ['b', ['a']],
    ['c', ['a']],
    ['d', ['b', 'c']],
  ]);
  pool.end('a', 1);
  expect(pool.events.map(({ message }) => message.split(' ')[1])).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd']));
  expect(pool.events.filter(({ message }) => message.startsWith('job d '))).toHaveLength(1);
});

test('what is tried again together is so in the order in which it waits, in whatever order it was submitted', () => {
  const pool = new TestPool();
  pool.worker('w1');
  submitAll(pool, [
    ['last', ['middle', 'other']],
    ['middle', ['first']],
    ['first', []],
    ['other', []],
  ]);
  for (const id of ['first', 'other']) pool.end(id, 1);
  const order = awaitedFirst(pool.model.jobs, ['other', 'first', 'nobody', 'middle', 'last', 'first']);
  expect([...order].sort()).toEqual(['first', 'last', 'middle', 'nobody', 'other']);
  const [first, middle, other, last] = ['first', 'middle', 'other', 'last'].map((id) => order.indexOf(id));
  expect(first).toBeLessThan(middle ?? -1);
  expect(middle).toBeLessThan(last ?? -1);
  expect(other).toBeLessThan(last ?? -1);
  for (const id of order) pool.ask({ kind: 'retryJob', id, by: ALICE });
  expect(['first', 'middle', 'other', 'last'].map((id) => pool.state(id))).toEqual([
    'active',
    'waiting',
    'queued',
    'waiting',
  ]);
});

test('one whose dependency is still failed is not tried again: it would fail for it at once', () => {
  const pool = new TestPool();
  pool.worker('w1');
  submitAll(pool, [
    ['a', []],
    ['b', ['a']],
  ]);
  pool.end('a', 1);
  const { reply } = pool.ask({ kind: 'retryJob', id: 'b', by: ALICE });
  expect(reply).toMatchObject({
    code: 'job_state',
    message: expect.stringContaining('job a, which it waits') as string,
  });
  expect(pool.events.filter(({ message }) => message.startsWith('job b '))).toHaveLength(1);
});

test('a dependency that is not known is a mistake', () => {
  const pool = new TestPool();
  expect((submitAll(pool, [['a', ['b']]]) as Refusal).code).toBe('unknown_job');
});

test('one whose dependencies were met and forgotten is tried again, also when it was cancelled before it ran', () => {
  const pool = new TestPool();
  pool.worker('w1');
  pool.end(pool.submit({}, { id: 'first' }));
  const second = pool.submit({ after: ['first'], needs: { gpus: { count: 1 } } });
  expect(pool.state(second)).toBe('queued');
  pool.pass(1);
  pool.ask({ kind: 'forgetJobs', overBeforeMs: pool.nowMs, by: ALICE });
  pool.ask({ kind: 'cancelJob', id: second, why: '', by: ALICE });
  expect(pool.ask({ kind: 'retryJob', id: second, by: ALICE }).reply).toMatchObject({ state: { kind: 'queued' } });
});
