/** How far a launcher was heard, where it told of attempts alone. */
import type { InstanceId } from '../../../protocol/ids';
import type { LauncherFact } from '../../../protocol/link';
import { AT_HOME, identityOf, RUN } from '../test-fleet';
import { TestPool } from './test-pool';

function begun(pool: TestPool, job: string) {
  const { id: attempt } = pool.attempt(job);
  const fact: LauncherFact = { kind: 'attempt.started', attempt, run: RUN, pid: 7, isolation: [], unenforced: [] };
  return fact;
}

/** @param heardAtMs when the message came */
function tell(pool: TestPool, seq: number, fact: LauncherFact, heardAtMs = pool.nowMs, instance = 'i1') {
  return pool.ask({
    kind: 'launcherFacts',
    worker: 'w1' as never,
    instance: instance as InstanceId,
    facts: [{ seq, atMs: 0, fact }],
    heardAtMs,
  }).turn;
}

test('the worker’s row is not written for it, what is told again changes nothing, and its acknowledgement may wait', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const fact = begun(pool, pool.submit());
  const turn = tell(pool, 1, fact);
  expect([...turn.touched.workers]).toEqual([]);
  expect(turn.effects).toEqual([{ kind: 'acknowledge', worker: 'w1', seq: 1, mayWait: true }]);
  const again = tell(pool, 1, fact);
  expect(again.facts).toEqual([]);
  expect(again.effects).toEqual([{ kind: 'acknowledge', worker: 'w1', seq: 1, mayWait: false }]);
});

test('it began when that was heard, not when it was decided', () => {
  const pool = new TestPool();
  pool.worker('w1');
  const id = pool.submit();
  const heardAtMs = pool.nowMs + 3;
  pool.nowMs += 20;
  tell(pool, 1, begun(pool, id), heardAtMs);
  expect(pool.attempt(id)).toMatchObject({ startedAtMs: heardAtMs, state: { kind: 'running', sinceMs: heardAtMs } });
});

test('another life of the launcher counts anew', () => {
  const pool = new TestPool();
  pool.worker('w1', 2);
  const [one, two] = [pool.submit(), pool.submit()];
  tell(pool, 1, begun(pool, one));
  const identity = identityOf('w1', { slots: 2, instance: 'i2' as InstanceId });
  pool.ask({ kind: 'openLink', identity, proof: AT_HOME.proof, connection: 'w1-2' });
  tell(pool, 1, begun(pool, two), pool.nowMs, 'i2');
  expect(pool.attempt(two).state.kind).toBe('running');
});
