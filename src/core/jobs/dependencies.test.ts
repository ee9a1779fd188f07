/** Chains, circles and many that wait for one: as deep and as wide as people make them. */
import { JobId, JobSpec } from '../../../protocol/jobs';
import { Refusal } from '../../../protocol/errors';
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

test('a dependency that is not known is a mistake', () => {
  const pool = new TestPool();
  expect((submitAll(pool, [['a', ['b']]]) as Refusal).code).toBe('unknown_job');
});
