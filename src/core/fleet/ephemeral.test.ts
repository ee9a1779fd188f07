/** What is there for a while only (seed 004) is forgotten by itself: workers after an hour offline, unused tokens after five minutes. */
import type { WorkerId } from '../../../protocol/ids';
import { OFFLINE_KEPT_MS, UNUSED_KEPT_MS } from '../../../protocol/simpletuner';
import { ALICE, TestPool } from '../jobs/test-pool';
import type { AccountId } from '../trust/rows';

const SPOT = 'spot' as WorkerId;
const ACCOUNT = 'w_spot' as AccountId;

function poolWithToken(workerType: 'ephemeral' | 'persistent' = 'ephemeral'): TestPool {
  const pool = new TestPool();
  pool.ask({
    kind: 'mintAccount',
    account: {
      id: ACCOUNT,
      name: 'spot',
      worker: null,
      credential: { kind: 'token', hash: 'a'.repeat(64) },
      workerType,
      labels: {},
      source: 'minted',
      createdAtMs: pool.nowMs,
      createdBy: 'alice',
    },
    by: ALICE,
  });
  return pool;
}
const isKnown = (pool: TestPool): [boolean, boolean] => [
  pool.model.trust.accounts.has(ACCOUNT),
  pool.model.workers.has(SPOT),
];
const comes = (pool: TestPool): void => pool.streamWorker('spot', { account: ACCOUNT });
const leaves = (pool: TestPool): unknown => pool.ask({ kind: 'agentLeft', worker: SPOT });

test('a token that nobody used is good for five minutes', () => {
  const pool = poolWithToken();
  pool.pass(UNUSED_KEPT_MS - 1);
  expect(isKnown(pool)).toEqual([true, false]);
  pool.pass(1);
  expect(isKnown(pool)).toEqual([false, false]);
});

test('one that was used stays for as long as its worker is there, and a persistent worker’s for good', () => {
  const used = poolWithToken();
  comes(used);
  used.pass(10 * OFFLINE_KEPT_MS, 'spot');
  expect(isKnown(used)).toEqual([true, true]);
  const persistent = poolWithToken('persistent');
  persistent.pass(UNUSED_KEPT_MS);
  comes(persistent);
  leaves(persistent);
  persistent.pass(10 * OFFLINE_KEPT_MS);
  expect(isKnown(persistent)).toEqual([true, true]);
});

test('a worker that left is forgotten with its token after an hour, and not a moment before', () => {
  const pool = poolWithToken();
  comes(pool);
  leaves(pool);
  pool.pass(OFFLINE_KEPT_MS - 1);
  expect(isKnown(pool)).toEqual([true, true]);
  pool.pass(1);
  expect(isKnown(pool)).toEqual([false, false]);
  expect(pool.events.at(-1)).toMatchObject({
    kind: 'worker.removed',
    message: 'removed: ephemeral, and offline for long',
  });
});

test('of one that only fell silent the hour counts from when it was offline, and begins anew with each return', () => {
  const pool = poolWithToken();
  comes(pool);
  const { streamSilenceMs } = pool.settings.jobs;
  pool.pass(streamSilenceMs);
  pool.pass(OFFLINE_KEPT_MS - 1);
  expect(isKnown(pool)).toEqual([true, true]);
  comes(pool);
  pool.pass(streamSilenceMs);
  pool.pass(OFFLINE_KEPT_MS - 1);
  expect(isKnown(pool)).toEqual([true, true]);
  pool.pass(1);
  expect(isKnown(pool)).toEqual([false, false]);
});

test('one that still has a job is kept until that is decided', () => {
  const pool = poolWithToken();
  comes(pool);
  const id = pool.submit();
  const { job, id: attempt } = pool.attempt(id);
  const leaseMs = 2 * OFFLINE_KEPT_MS;
  pool.ask({ kind: 'attemptStarted', worker: SPOT, job, attempt });
  pool.ask({ kind: 'renewLease', worker: SPOT, job, attempt, extendMs: leaseMs });
  leaves(pool);
  pool.pass(leaseMs - 1);
  expect(isKnown(pool)).toEqual([true, true]);
  pool.pass(1);
  expect(pool.state(id)).toBe('failed');
  pool.pass(1);
  expect(isKnown(pool)).toEqual([false, false]);
});
