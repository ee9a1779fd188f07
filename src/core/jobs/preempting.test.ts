/** Who gives way to whom, and who does not. */
import { TestPool } from './test-pool';

const stopped = (pool: TestPool): string[] =>
  pool.words.flatMap(({ word }) => (word.kind === 'stop' ? [word.attempt.split('.')[0] ?? ''] : []));

test('the newest of the least urgent gives way, goes back to the queue, and spends no retry', () => {
  const pool = new TestPool();
  pool.worker('w1', 3);
  const [older, newer, urgent] = [
    pool.submit({ priority: 8 }),
    pool.submit({ priority: 8 }),
    pool.submit({ priority: 4 }),
  ];
  const first = pool.submit({ priority: 5 });
  expect(stopped(pool)).toEqual([newer]);
  expect(pool.words.at(-1)).toMatchObject({
    word: { kind: 'stop', outcome: 'preempted', why: `gives way to job ${first} (priority 5)` },
  });
  // Its place is taken when its end is verified, and not before.
  expect(pool.state(first)).toBe('queued');
  pool.endAs(pool.attempt(newer), 'preempted', 143);
  expect(pool.state(first)).toBe('active');
  expect(pool.job(newer)).toMatchObject({ state: { kind: 'queued' }, retries: 0 });
  expect([older, urgent].map((id) => pool.state(id))).toEqual(['active', 'active']);
});

test('a gap of less than three moves nobody', () => {
  const pool = new TestPool();
  pool.worker('w1');
  pool.submit({ priority: 7 });
  pool.submit({ priority: 5 });
  expect(stopped(pool)).toEqual([]);
});

test('nobody is stopped where there is room elsewhere, or will be once something has ended', () => {
  const pool = new TestPool();
  pool.worker('w1');
  pool.worker('w2');
  const slow = pool.submit({ priority: 9 });
  pool.submit({ priority: 1 });
  expect(stopped(pool)).toEqual([]);
  pool.submit({ priority: 1 });
  expect(stopped(pool)).toEqual([slow]);
  // One is being stopped for one; a second one waits for a second place, which nobody can give.
  pool.submit({ priority: 1 });
  expect(stopped(pool)).toEqual([slow]);
});

test('what is not preemptible, and a gang, stay', () => {
  const pool = new TestPool();
  pool.worker('w1');
  pool.worker('w2');
  pool.worker('w3');
  pool.submit({ priority: 9, preemptible: false });
  pool.submit({ priority: 9, needs: { nodes: 2 } });
  pool.submit({ priority: 1 });
  expect(stopped(pool)).toEqual([]);
});

test('as few as are needed: two small ones for four devices stay when one large one is enough', () => {
  const pool = new TestPool();
  pool.worker('w1', 9);
  pool.devices('w1', 0, 0, 0, 0);
  const large = pool.submit({ priority: 9, needs: { gpus: { count: 2 } } });
  const small = [
    pool.submit({ priority: 9, needs: { gpus: { count: 1 } } }),
    pool.submit({ priority: 9, needs: { gpus: { count: 1 } } }),
  ];
  const urgent = pool.submit({ priority: 1, needs: { gpus: { count: 2 } } });
  expect(stopped(pool).sort()).toEqual([...small].sort());
  for (const id of small) pool.endAs(pool.attempt(id), 'preempted');
  // The devices must be seen empty.
  expect(pool.state(urgent)).toBe('queued');
  pool.nowMs += 1000;
  pool.devices('w1', 70_000, 70_000, 0, 0);
  expect(pool.state(urgent)).toBe('active');
  expect(pool.state(large)).toBe('active');
});

test('one that waits too long for what nobody has keeps nobody from giving way to others', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const running = pool.submit({ priority: 8, trustMs: 100_000_000 });
  pool.begin(running);
  pool.submit({ priority: 9, needs: { gpus: { count: 1 } } });
  pool.pass(pool.settings.jobs.starvationMs, 'w1');
  expect(stopped(pool)).toEqual([]);
  pool.submit({ priority: 1 });
  expect(stopped(pool)).toEqual([running]);
});
