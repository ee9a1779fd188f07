/** What is told late of attempts that were given up unheard: when it counts, and who is kept waiting for it. */
import { SETTINGS } from '../test-fleet';
import { explainJob } from './explaining';
import { Jobs } from './jobs';
import { loadJobs } from './load';
import { ALICE, TestPool } from './test-pool';

const TRUST_MS = 60_000;
const GRACE_MS = 10_000;

/** Two workers; a job began on the first, which fell silent for longer than that was trusted. */
function lost(spec: Record<string, unknown> = {}) {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit({ trustMs: TRUST_MS, timeouts: { graceMs: GRACE_MS }, ...spec });
  pool.begin(id);
  const attempt = pool.attempt(id);
  const after = pool.submit({ after: [id] });
  return { pool, id, attempt, after, giveUp: () => pool.pass(TRUST_MS) };
}
const begunOf = ({ words }: TestPool, job: string): number =>
  words.filter(({ word }) => word.kind === 'run' && word.job === job).length;

describe('of a job that failed because its only try was lost', () => {
  test('a good result counts however late it comes, is over once, and is told', () => {
    const { pool, id, attempt, giveUp } = lost();
    giveUp();
    expect(pool.job(id).state).toEqual({ kind: 'failed', why: 'lease expired' });
    pool.nowMs += 5_000;
    pool.endAs(attempt, 'completed', 0);
    expect(pool.job(id)).toMatchObject({
      state: { kind: 'completed', why: 'exit code 0' },
      exitCode: 0,
      sinceMs: pool.nowMs,
    });
    expect([...pool.model.jobs.done.keys()]).toContain(id);
    expect([...pool.model.jobs.failed.keys()]).not.toContain(id);
    expect(pool.events.filter(({ message }) => message.includes(`job ${id} `)).map(({ kind }) => kind)).toEqual([
      'job.lost',
      'job.failed',
      'job.completed',
    ]);
    // The same told again changes nothing.
    const [job, known] = [pool.job(id), pool.attempt(id)];
    pool.endAs(attempt, 'completed', 0);
    expect([pool.job(id), pool.attempt(id)]).toEqual([job, known]);
  });

  test('it is so still after a restart, and is forgotten in its turn', () => {
    const { pool, id, attempt, after, giveUp } = lost();
    giveUp();
    pool.nowMs += 5_000;
    pool.endAs(attempt, 'completed', 0);
    const again = new Jobs();
    const rows = { jobs: [...pool.model.jobs.all.values()], attempts: [...pool.model.jobs.attempts.values()] };
    loadJobs(again, { ...rows, jobLimits: [], order: 0, epoch: 0 }, SETTINGS.jobs, pool.nowMs);
    expect(again.job(id)?.state.kind).toBe('completed');
    pool.pass(SETTINGS.jobs.keptMs, 'w1');
    expect(pool.model.jobs.job(id)).toBeNull();
    expect(pool.model.jobs.job(after)?.state.kind ?? 'forgotten').toMatch(/^(failed|forgotten)$/);
  });

  test('what failed for its sake stays so, and goes when it is tried again', () => {
    const { pool, id, attempt, after, giveUp } = lost();
    giveUp();
    expect(pool.state(after)).toBe('failed');
    pool.endAs(attempt, 'completed', 0);
    expect(pool.state(after)).toBe('failed');
    expect(begunOf(pool, after)).toBe(0);
    pool.ask({ kind: 'retryJob', id: after, by: ALICE });
    expect(pool.job(after).state.kind).toMatch(/^(queued|active)$/);
    expect(begunOf(pool, id)).toBe(1);
  });

  test('a bad one changes nothing', () => {
    const { pool, id, attempt, giveUp } = lost();
    giveUp();
    const job = pool.job(id);
    pool.endAs(attempt, 'failed', 3);
    expect(pool.job(id)).toBe(job);
    expect(pool.attempt(id)).toMatchObject({ state: { outcome: 'failed' }, exit: { exitCode: 3 } });
  });
});

test('a late result of an earlier try never touches a newer one, nor what came of that', () => {
  const { pool, id, attempt, giveUp } = lost({ retry: { max: 1, delayMs: 0 } });
  giveUp();
  pool.worker('w2');
  expect(pool.attempt(id).worker).toBe('w2');
  const second = pool.attempt(id);
  pool.endAs(attempt, 'completed', 0);
  expect(pool.attempt(id)).toBe(second);
  expect(pool.state(id)).toBe('active');
  pool.end(id, 5);
  expect(pool.job(id)).toMatchObject({ state: { kind: 'failed' }, exitCode: 5 });
  const job = pool.job(id);
  pool.endAs(attempt, 'completed', 0);
  expect(pool.job(id)).toBe(job);
});

test('one that was cancelled meanwhile stays cancelled', () => {
  const { pool, id, attempt, giveUp } = lost({ retry: { max: 1, delayMs: 600_000 } });
  giveUp();
  pool.ask({ kind: 'cancelJob', id, why: '', by: ALICE });
  pool.endAs(attempt, 'completed', 0);
  expect(pool.state(id)).toBe('cancelled');
});

test('of a gang that failed because all its nodes were lost the last good result completes it', () => {
  const pool = new TestPool();
  for (const id of ['w1', 'w2']) pool.worker(id);
  const gang = pool.submit({ needs: { nodes: 2 }, trustMs: TRUST_MS });
  const [first, second] = pool.model.jobs.liveOf(gang);
  if (first === undefined || second === undefined) throw new Error('no gang');
  for (const node of [first, second]) pool.begin(gang, node);
  pool.pass(TRUST_MS);
  expect(pool.state(gang)).toBe('failed');
  pool.endAs(first, 'completed', 0);
  expect(pool.state(gang)).toBe('failed');
  pool.endAs(second, 'completed', 0);
  expect(pool.state(gang)).toBe('completed');
});

describe('while a launcher that is back holds a try that was given up', () => {
  const back = () => {
    const all = lost({ retry: { max: 1, delayMs: 0 } });
    const { pool, id, attempt, giveUp } = all;
    giveUp();
    expect(pool.state(id)).toBe('queued');
    pool.resync('w1', [attempt.id]);
    expect(pool.words.at(-1)).toMatchObject({ word: { kind: 'stop', attempt: attempt.id } });
    return all;
  };

  test('its job is given to nobody, also not to a worker that comes, and others are', () => {
    const { pool, id } = back();
    pool.worker('w2', 2);
    const other = pool.submit();
    expect([pool.state(id), pool.state(other)]).toEqual(['queued', 'active']);
    expect(explainJob(pool.model, pool.job(id), pool.settings, pool.nowMs).reasons.map(({ code }) => code)).toEqual([
      'late_end',
    ]);
  });

  test('a good result completes it, and it was begun once', () => {
    const { pool, id, attempt } = back();
    pool.endAs(attempt, 'completed', 0);
    expect(pool.state(id)).toBe('completed');
    expect(begunOf(pool, id)).toBe(1);
  });

  test('a bad one lets it go at once', () => {
    const { pool, id, attempt } = back();
    pool.endAs(attempt, 'lost', 143);
    expect([pool.state(id), begunOf(pool, id)]).toEqual(['active', 2]);
  });

  test('what is not told within its grace and a moment is waited for no longer', () => {
    const { pool, id } = back();
    pool.pass(GRACE_MS + 4_999, 'w1');
    expect(pool.state(id)).toBe('queued');
    pool.pass(1, 'w1');
    expect([pool.state(id), begunOf(pool, id)]).toEqual(['active', 2]);
  });
});
