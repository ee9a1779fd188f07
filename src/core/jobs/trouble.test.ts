/** Workers that cannot begin anything, and are therefore always free. */
import { explainJob } from './explaining';
import { ALICE, TestPool } from './test-pool';
import { TROUBLE_MS } from './trouble';

/** `full-disk` has the most room, and `well` is busy. */
function poolWithFullDisk(): TestPool {
  const pool = new TestPool();
  pool.worker('well', 1);
  pool.begin(pool.submit({}, { id: 'long' }));
  pool.worker('full-disk', 4);
  return pool;
}
const explained = (pool: TestPool, id: string) => explainJob(pool.model, pool.job(id), pool.settings, pool.nowMs);

test('a worker that can begin nothing does not use up the queue while the others are busy', () => {
  const pool = poolWithFullDisk();
  const ids = Array.from({ length: 10 }, () => pool.submit());
  for (const id of ids.slice(0, 4)) pool.hinder(pool.attempt(id));
  expect(new Set(ids.map((id) => pool.state(id)))).toEqual(new Set(['queued']));
  expect(pool.model.jobs.countOn('full-disk' as never)).toBe(0);
  expect(explained(pool, ids[0] ?? '').reasons.map(({ code, about }) => [code, about])).toEqual([
    ['busy', ['well']],
    ['trouble', ['full-disk']],
  ]);
  pool.end('long');
  expect(pool.attempt(ids[0] ?? '').worker).toBe('well');
  // It is tried again by itself.
  pool.pass(TROUBLE_MS, 'well', 'full-disk');
  expect(ids.slice(1, 5).map((id) => pool.state(id))).toEqual(['active', 'active', 'active', 'active']);
  expect(pool.attempt(ids[4] ?? '').worker).toBe('full-disk');
});

test('a job that only it could ever take goes there all the same, and of two that fit to the one that is well', () => {
  const pool = poolWithFullDisk();
  pool.hinder(pool.attempt(pool.submit()));
  const only = pool.submit({ needs: { worker: 'full-disk' } });
  expect(pool.attempt(only).worker).toBe('full-disk');
  pool.worker('small', 2);
  expect(pool.attempt(pool.submit()).worker).toBe('small');
});

test('nobody gives way on it to a job that would not be sent there, and somebody does where it is sent', () => {
  const pool = new TestPool();
  pool.worker('well', 1);
  pool.begin(pool.submit({ priority: 9 }, { id: 'long' }));
  pool.worker('full-disk', 2);
  pool.hinder(pool.attempt(pool.submit({ needs: { worker: 'full-disk' } })));
  const urgent = pool.submit({ priority: 1, needs: { labels: {} } });
  expect(pool.attempt('long').stop).toMatchObject({ outcome: 'preempted', forJob: urgent });
});

test('three hindered tries spend no retry and come ever later; the next counts as lost', () => {
  const pool = new TestPool();
  pool.worker('full-disk', 1);
  const id = pool.submit();
  pool.hinder(pool.attempt(id));
  expect(pool.job(id)).toMatchObject({ state: { kind: 'active' }, retries: 0 });
  pool.hinder(pool.attempt(id));
  expect(pool.job(id).state).toMatchObject({ kind: 'waiting', for: 'delay' });
  expect(explained(pool, id).summary).toBe(
    'it could not begin, and is tried again with no retry spent: it waits for another 15 s',
  );
  pool.pass(15_000, 'full-disk');
  pool.hinder(pool.attempt(id));
  pool.pass(59_999, 'full-disk');
  expect(pool.state(id)).toBe('waiting');
  pool.pass(1, 'full-disk');
  pool.hinder(pool.attempt(id));
  expect(pool.job(id).state).toEqual({ kind: 'failed', why: 'could not be started: no space left on device' });
});

test('a lost attempt of which something may have run spends its retry, and its worker is in no trouble', () => {
  const pool = new TestPool();
  pool.worker('w1', 2);
  const id = pool.submit();
  pool.endAs(pool.attempt(id), 'lost');
  expect(pool.state(id)).toBe('failed');
  const begun = pool.submit();
  pool.begin(begun);
  pool.hinder(pool.attempt(begun));
  expect(pool.state(begun)).toBe('failed');
  expect(pool.model.jobs.troubledUntilMs.size).toBe(0);
  pool.ask({ kind: 'retryJob', id, by: ALICE });
  expect(pool.state(id)).toBe('active');
});
