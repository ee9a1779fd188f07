/** Who gives way to whom, and who does not. */
import { ALICE, TestPool } from './test-pool';

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

describe('for devices', () => {
  const one = { gpus: { count: 1 } };

  /** A worker whose devices are all held by less urgent jobs, and seen in use. */
  function busy(pool: TestPool, id: string, devices: number): string[] {
    const held = Array.from({ length: devices }, () => pool.submit({ priority: 9, needs: { ...one, worker: id } }));
    for (const job of held) pool.begin(job);
    pool.nowMs += 5000;
    pool.devices(id, ...held.map(() => 40_000));
    return held;
  }
  function poolOf(...ids: string[]): TestPool {
    const pool = new TestPool();
    for (const id of ids) pool.worker(id, 9);
    return pool;
  }
  /** Obeys within a moment: nobody has looked at its device since. */
  function obey(pool: TestPool, job: string): void {
    pool.nowMs += 100;
    pool.endAs(pool.attempt(job), 'preempted', 143);
  }

  test('one gives way for one device, however long its memory is not seen released', () => {
    const pool = poolOf('w1');
    pool.devices('w1', 0, 0, 0, 0);
    const held = busy(pool, 'w1', 4);
    const urgent = pool.submit({ priority: 1, needs: one });
    const [victim = ''] = stopped(pool);
    obey(pool, victim);
    pool.pass(1000, 'w1');
    expect(stopped(pool)).toEqual([victim]);
    expect(pool.state(urgent)).toBe('queued');
    pool.nowMs += 1000;
    pool.devices('w1', ...held.map((job) => (job === victim ? 0 : 40_000)));
    expect(pool.state(urgent)).toBe('active');
    expect(stopped(pool)).toEqual([victim]);
  });

  test('nobody of another worker gives way while a device is not yet seen empty', () => {
    const pool = poolOf('w1', 'w2');
    for (const id of ['w1', 'w2']) pool.devices(id, 0);
    for (const id of ['w1', 'w2']) busy(pool, id, 1);
    pool.submit({ priority: 1, needs: one });
    const [victim = ''] = stopped(pool);
    obey(pool, victim);
    expect(stopped(pool)).toEqual([victim]);
  });

  test('a device that came free by itself and is not yet seen empty spares the others', () => {
    const pool = poolOf('w1');
    pool.devices('w1', 0, 0);
    const [, done = ''] = busy(pool, 'w1', 2);
    pool.end(done);
    const urgent = pool.submit({ priority: 1, needs: one });
    expect(stopped(pool)).toEqual([]);
    pool.nowMs += 1000;
    pool.devices('w1', 40_000, 0);
    expect(pool.state(urgent)).toBe('active');
  });

  test('what was seen still in use after its job ended is no room to wait for', () => {
    const pool = poolOf('w1');
    pool.devices('w1', 0, 0);
    const [stays = '', done = ''] = busy(pool, 'w1', 2);
    pool.end(done);
    pool.submit({ priority: 1, needs: one });
    pool.nowMs += 1000;
    pool.devices('w1', 40_000, 40_000);
    // Of the memory of the one that runs nothing is known but that it is there.
    expect(stopped(pool)).toEqual([stays]);
  });

  test('where nobody sees the devices none comes free: another worker’s job gives way', () => {
    const pool = poolOf('w1', 'w2');
    for (const id of ['w1', 'w2']) pool.devices(id, 0);
    const [done = ''] = busy(pool, 'w1', 1);
    const [there = ''] = busy(pool, 'w2', 1);
    pool.end(done);
    pool.submit({ priority: 1, needs: one });
    expect(stopped(pool)).toEqual([]);
    pool.devicesUnseen('w1', 6000);
    expect(stopped(pool)).toEqual([there]);
  });

  test('nobody gives way while it is not known which devices a worker has', () => {
    const pool = poolOf('w1');
    pool.devices('w1', 0);
    const [low = ''] = busy(pool, 'w1', 1);
    pool.worker('w2', 9);
    const urgent = pool.submit({ priority: 1, needs: one });
    pool.devicesUnseen('w2', 1000);
    expect(stopped(pool)).toEqual([]);
    pool.devices('w2', 0);
    expect(pool.attempt(urgent).worker).toBe('w2');
    expect(stopped(pool)).toEqual([]);
    expect(pool.state(low)).toBe('active');
  });

  test('a worker that turns out to have none, does not say within 20 s, is lost, or could not run it is not waited for', () => {
    const outcomes: ((pool: TestPool) => void)[] = [
      (pool) => pool.devices('w2'),
      (pool) => pool.devicesUnseen('w2', 20_000),
      (pool) => void pool.pass(pool.settings.heartbeatTimeoutMs, 'w1'),
      (pool) => void pool.ask({ kind: 'drain', id: 'w2', isDraining: true, by: ALICE }),
    ];
    for (const become of outcomes) {
      const pool = poolOf('w1');
      pool.devices('w1', 0);
      const low = pool.submit({ priority: 9, needs: one, trustMs: 1e9 });
      pool.begin(low);
      pool.worker('w2', 9);
      pool.submit({ priority: 1, needs: one });
      expect(stopped(pool)).toEqual([]);
      become(pool);
      expect(stopped(pool)).toEqual([low]);
    }
    const pool = poolOf('w1');
    pool.devices('w1', 0);
    const low = pool.submit({ priority: 9, needs: one });
    pool.begin(low);
    pool.worker('w2', 9);
    pool.submit({ priority: 1, needs: { ...one, worker: 'w1' } });
    expect(stopped(pool)).toEqual([low]);
  });
});
