import { SlotPool } from './slots';

test('two queues draw from the same slots, and a name of the one is not the other’s', () => {
  const pool = new SlotPool(2);
  const [jobs, tasks] = [pool.share(), pool.share()];
  expect([jobs.take('a.1'), tasks.take('a.1')]).toEqual([true, true]);
  expect([jobs.take('b.1'), jobs.free, jobs.held, tasks.held]).toEqual([false, 0, 1, 1]);
  tasks.release('a.1');
  expect([jobs.free, jobs.held, tasks.held]).toEqual([1, 1, 0]);
});

test('what ran before is counted also beyond the total', () => {
  const pool = new SlotPool(1);
  const jobs = pool.share();
  jobs.hold('a.1');
  jobs.hold('b.1');
  expect([jobs.free, jobs.held]).toEqual([0, 2]);
  jobs.release('a.1');
  expect(jobs.free).toBe(0);
});

test('one that is given back is told to every queue, and each change to who asked', () => {
  const pool = new SlotPool(1);
  const [jobs, tasks] = [pool.share(), pool.share()];
  const told: number[] = [];
  tasks.onHeld(() => told.push(tasks.held));
  let looks = 0;
  jobs.onFreed(() => (looks += 1));
  tasks.take('t');
  tasks.hold('t');
  tasks.release('t');
  tasks.release('t');
  expect([told, looks]).toEqual([[1, 0], 1]);
});
