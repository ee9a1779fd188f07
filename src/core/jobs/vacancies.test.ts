/** Which workers have room, and who is given a job before whom. That it is so after whatever happens: histories.test.ts. */
import { JobId, JobSpec } from '../../../protocol/jobs';
import { vacantWorkers } from './room';
import { ALICE, TestPool } from './test-pool';

const roomy = ({ model }: TestPool): string[] => [...vacantWorkers(model)].map(({ id }) => id);

test('the emptiest is first, those with devices come behind, and who is full is not there', () => {
  const pool = new TestPool();
  for (const [id, slots] of [
    ['b', 1],
    ['a', 1],
    ['c', 2],
    ['gpu', 4],
    ['none', 0],
  ] as const)
    pool.worker(id, slots);
  pool.devices('gpu', 0);
  expect(roomy(pool)).toEqual(['c', 'a', 'b', 'gpu']);
  const first = pool.submit();
  expect(pool.attempt(first).worker).toBe('c');
  expect(roomy(pool)).toEqual(['a', 'b', 'c', 'gpu']);
  const given = [pool.submit(), pool.submit(), pool.submit(), pool.submit()].map((id) => pool.attempt(id).worker);
  expect(given).toEqual(['a', 'b', 'c', 'gpu']);
  expect(roomy(pool)).toEqual(['gpu']);
  pool.end(first);
  expect(roomy(pool)).toEqual(['c', 'gpu']);
});

test('in one turn each goes to whoever is the emptiest by then', () => {
  const pool = new TestPool();
  pool.worker('w1', 3);
  pool.worker('w2', 2);
  const ids = [1, 2, 3, 4, 5, 6].map((number) => JobId.parse(`j${number}`));
  const jobs = ids.map((id) => ({ id, spec: JobSpec.parse({ command: 'true' }), key: null, meta: {} }));
  pool.ask({ kind: 'submitJobs', jobs, via: 'procguard', owner: 'alice', by: ALICE });
  expect(ids.slice(0, 5).map((id) => pool.attempt(id).worker)).toEqual(['w1', 'w1', 'w2', 'w1', 'w2']);
  expect(pool.state('j6')).toBe('queued');
});

test('who is removed is not looked at, and is as before when it comes again', () => {
  const pool = new TestPool();
  pool.worker('w1', 1);
  pool.worker('w2', 1);
  pool.ask({ kind: 'removeWorker', id: 'w1', by: ALICE, why: 'gone' });
  expect(roomy(pool)).toEqual(['w2']);
  pool.worker('w1', 2);
  expect(roomy(pool)).toEqual(['w1', 'w2']);
  expect(pool.attempt(pool.submit()).worker).toBe('w1');
});
