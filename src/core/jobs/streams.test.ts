/** Workers that jobs are sent to (seed 004): how they leave, and what becomes of what they had. */
import type { WorkerId } from '../../../protocol/ids';
import { ALICE, TestPool } from './test-pool';

const SPOT = 'spot' as WorkerId;
const THREE_TIMES = { retry: { max: 3, delayMs: 0 } };

test('a worker that gives a job up unasked is being shut down: another runs it, and this one is given nothing more', () => {
  const pool = new TestPool();
  pool.streamWorker('spot');
  const id = pool.submit(THREE_TIMES);
  pool.says(id, 'cancelled');
  expect(pool.job(id)).toMatchObject({ state: { kind: 'queued' }, retries: 1 });
  expect(pool.attempt(id).state).toMatchObject({
    outcome: 'lost',
    why: expect.stringContaining('Worker spot gave it up by itself'),
  });
  pool.streamWorker('other');
  expect(pool.attempt(id).worker).toBe('other');
});

test('a job without retries fails by it, with the reason; and one that registers again takes work again', () => {
  const pool = new TestPool();
  pool.streamWorker('spot');
  const once = pool.submit();
  pool.says(once, 'cancelled');
  expect(pool.job(once).state).toMatchObject({ kind: 'failed', why: expect.stringContaining('being shut down') });
  const next = pool.submit();
  expect(pool.state(next)).toBe('queued');
  pool.streamWorker('spot');
  expect(pool.attempt(next).worker).toBe('spot');
});

test('a job that somebody cancelled is cancelled by its worker’s word, in the words of who asked', () => {
  const pool = new TestPool();
  pool.streamWorker('spot');
  const id = pool.submit(THREE_TIMES);
  pool.ask({ kind: 'cancelJob', id, why: 'wrong data', by: ALICE });
  pool.says(id, 'cancelled');
  expect(pool.job(id).state).toEqual({ kind: 'cancelled', why: 'cancelled by alice: wrong data' });
  // It stays.
  expect(pool.attempt(pool.submit()).worker).toBe('spot');
});

test('one that says goodbye leaves what it runs for the time of its lease, and what it has not begun at once', () => {
  const pool = new TestPool();
  pool.streamWorker('spot');
  const id = pool.submit(THREE_TIMES);
  pool.ask({ kind: 'agentLeft', worker: SPOT });
  expect(pool.job(id)).toMatchObject({ state: { kind: 'queued' }, retries: 0 });
  pool.streamWorker('spot');
  const { job, id: attempt } = pool.attempt(id);
  pool.ask({ kind: 'attemptStarted', worker: SPOT, job, attempt });
  pool.ask({ kind: 'agentLeft', worker: SPOT });
  expect(pool.attempt(id)).toMatchObject({ id: attempt, state: { kind: 'running' } });
  pool.pass(pool.settings.jobs.streamSilenceMs);
  expect(pool.attempt(id).state).toMatchObject({ outcome: 'lost', why: 'Worker spot went offline during training' });
});

test('what it has not begun when it says goodbye goes to another even with no retries: nothing ran of it', () => {
  const pool = new TestPool();
  pool.streamWorker('spot');
  const id = pool.submit();
  pool.ask({ kind: 'agentLeft', worker: SPOT });
  expect(pool.attempt(id).state).toMatchObject({ outcome: 'preempted', why: 'its worker left before it began' });
  expect(pool.job(id)).toMatchObject({ state: { kind: 'queued' }, retries: 0 });
  pool.streamWorker('other');
  expect(pool.attempt(id).worker).toBe('other');
});
