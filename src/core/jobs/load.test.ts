/** What the manager makes of its rows when it starts, and its clock was set back since they were written. */
import type { AttemptId } from '../../../protocol/jobs';
import { JOB_DEFAULTS } from '../settings';
import { Jobs } from './jobs';
import { loadJobs } from './load';
import { TestPool } from './test-pool';

const HOUR_MS = 3_600_000;

/** As the next manager has them, whose clock is three hours behind this one's. */
function loadedEarlier(pool: TestPool): { jobs: Jobs; nowMs: number } {
  const { all, attempts, order, epoch } = pool.model.jobs;
  const nowMs = pool.nowMs - 3 * HOUR_MS;
  const jobs = new Jobs();
  loadJobs(
    jobs,
    { jobs: [...all.values()], attempts: [...attempts.values()], jobLimits: [], order, epoch },
    JOB_DEFAULTS,
    nowMs,
  );
  return { jobs, nowMs };
}

test('a retry waits for no longer than its delay', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ retry: { max: 3, delayMs: 60_000, factor: 2 } });
  pool.end(id, 1);
  pool.pass(10_000, 'w1');
  const { jobs, nowMs } = loadedEarlier(pool);
  expect(jobs.job(id)?.state).toEqual({ kind: 'waiting', for: 'delay', untilMs: nowMs + 60_000 });
  expect(jobs.due.take(nowMs + 60_000)).toContainEqual({ kind: 'job', id });
});

test('a date stays one, and what is left of a delay is left', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const notBeforeMs = pool.nowMs + HOUR_MS;
  const dated = pool.submit({ notBeforeMs });
  expect(loadedEarlier(pool).jobs.job(dated)?.state).toMatchObject({ untilMs: notBeforeMs });
  const tried = pool.submit({ retry: { max: 1, delayMs: 60_000 } });
  pool.end(tried, 1);
  const { all, attempts, order, epoch } = pool.model.jobs;
  const jobs = new Jobs();
  const rows = { jobs: [...all.values()], attempts: [...attempts.values()], jobLimits: [], order, epoch };
  loadJobs(jobs, rows, JOB_DEFAULTS, pool.nowMs + 40_000);
  expect(jobs.job(tried)?.state).toMatchObject({ untilMs: pool.nowMs + 60_000 });
});

test('a device is free when it is seen empty from now on', () => {
  const pool = new TestPool();
  pool.worker('w1');
  pool.devices('w1', 0);
  const id = pool.submit({ needs: { gpus: { count: 1 } } });
  pool.end(id);
  const { jobs, nowMs } = loadedEarlier(pool);
  expect(jobs.gpuGivenBackAtMs.get('w1/0')).toBe(nowMs);
});

test('a lease counts from now', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ trustMs: 60_000 });
  pool.begin(id);
  const attempt: AttemptId = pool.attempt(id).id;
  const { jobs, nowMs } = loadedEarlier(pool);
  expect(jobs.renewedAtMs.get(attempt)).toBe(nowMs);
  expect(jobs.due.take(nowMs + 60_000)).toContainEqual({ kind: 'lease', id: attempt });
});
