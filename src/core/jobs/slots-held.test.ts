/** Slots that a machine's own queue holds are not free, although the manager hears nothing else of them. */
import { explainJob } from './explaining';
import { slotsOf } from './stats';
import { TestPool } from './test-pool';

test('no job is given to them, and explain says who has them', () => {
  const pool = new TestPool();
  pool.worker('w1', 3);
  pool.slotsHeld('w1', 2);
  const [a, b] = [pool.submit(), pool.submit()];
  expect([a, b].map((id) => pool.state(id))).toEqual(['active', 'queued']);
  expect(slotsOf(pool.model)).toEqual({ total: 3, taken: 3 });
  expect(explainJob(pool.model, pool.job(b), pool.settings, pool.nowMs).reasons).toMatchObject([
    { code: 'busy', text: "no room on w1; 2 slots of w1 are held by the machine's own queue", about: ['w1'] },
  ]);
  pool.slotsHeld('w1', 1);
  expect(pool.state(b)).toBe('active');
});

test('they make no job give way: its place would not be enough', () => {
  const pool = new TestPool();
  pool.worker('w1', 1);
  const low = pool.submit({ priority: 9 });
  pool.begin(low);
  pool.slotsHeld('w1', 1);
  const urgent = pool.submit({ priority: 1 });
  expect(pool.state(urgent)).toBe('queued');
  expect(pool.attempt(low).stop).toBeNull();
});

test('a sync says how many, and of one that does not say there are none', () => {
  const pool = new TestPool();
  pool.worker('w1', 2);
  const sync = (slotsHeld?: number): void => {
    const message = { processes: [], runs: [], attempts: [], ...(slotsHeld === undefined ? {} : { slotsHeld }) };
    pool.ask({ kind: 'sync', worker: 'w1' as never, connection: 'w1-1', message });
  };
  sync(2);
  const id = pool.submit();
  expect(pool.state(id)).toBe('queued');
  sync();
  expect(pool.state(id)).toBe('active');
});
