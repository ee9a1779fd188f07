import type { WorkerId } from '../../../protocol/ids';
import { Refusal } from '../../../protocol/errors';
import { ALICE, TestPool } from './test-pool';

const AGENT = 'agent' as WorkerId;
const LEASE_MS = 300_000;

function poolWithAgent(): TestPool {
  const pool = new TestPool();
  pool.agent(AGENT);
  return pool;
}
const claim = (pool: TestPool): void =>
  void pool.ask({ kind: 'claimJobs', worker: AGENT, limit: 1, leaseMs: LEASE_MS, requestId: null });
const renew = (pool: TestPool, id: string): unknown => {
  const { job, id: attempt } = pool.attempt(id);
  return pool.ask({ kind: 'renewLease', worker: AGENT, job, attempt, extendMs: LEASE_MS }).reply;
};

test('a cancelled task whose agent has heard so, and says no more, is over after its grace and not after its lease', () => {
  const pool = poolWithAgent();
  const id = pool.submit({ timeouts: { graceMs: 20_000 } });
  claim(pool);
  pool.ask({ kind: 'cancelJob', id, why: '', by: ALICE });
  pool.pass(60_000);
  expect(pool.state(id)).toBe('active');
  expect(renew(pool, id)).toMatchObject({ code: 'job_over' });
  pool.pass(20_000);
  // Asking again does not prolong it.
  expect(renew(pool, id)).toBeInstanceOf(Refusal);
  pool.pass(4_999);
  expect(pool.state(id)).toBe('active');
  pool.pass(1);
  expect(pool.job(id).state).toMatchObject({ kind: 'cancelled' });
});

test('a claim that is asked again, because its answer was lost, begins its lease anew', () => {
  const pool = poolWithAgent();
  const id = pool.submit();
  const ask = (): void =>
    void pool.ask({ kind: 'claimJobs', worker: AGENT, limit: 1, leaseMs: LEASE_MS, requestId: 'r1' });
  ask();
  pool.pass(LEASE_MS - 1);
  ask();
  pool.pass(LEASE_MS - 1);
  expect(pool.state(id)).toBe('active');
  pool.pass(1);
  expect(pool.attempt(id).state).toMatchObject({ kind: 'ended', outcome: 'lost' });
});

test('its own word that it ended still comes first', () => {
  const pool = poolWithAgent();
  const id = pool.submit();
  claim(pool);
  pool.ask({ kind: 'cancelJob', id, why: '', by: ALICE });
  renew(pool, id);
  const { job, id: attempt } = pool.attempt(id);
  const end = { outcome: 'cancelled', why: 'killed', exit: null, output: null } as const;
  pool.ask({ kind: 'attemptEnded', worker: AGENT, job, attempt, ...end });
  expect(pool.state(id)).toBe('cancelled');
});

test('a job given up unasked, told twice: the answer is that of the first time, and nothing is recorded of it again', () => {
  const pool = poolWithAgent();
  const id = pool.submit({ retry: { max: 1, delayMs: 0 } });
  claim(pool);
  const { job, id: attempt } = pool.attempt(id);
  const gaveUp = { outcome: 'cancelled', why: 'Ctrl-C', exit: null, output: null } as const;
  const told = () => pool.ask({ kind: 'attemptEnded', worker: AGENT, job, attempt, ...gaveUp });
  expect(told().reply).toMatchObject({ attempt: { id: attempt, state: { outcome: 'lost' } } });
  const other = 'other' as WorkerId;
  pool.agent(other);
  pool.ask({ kind: 'claimJobs', worker: other, limit: 1, leaseMs: LEASE_MS, requestId: null });
  expect(pool.attempt(id).worker).toBe(other);
  const { reply, turn } = told();
  expect(reply).toMatchObject({ attempt: { id: attempt, state: { outcome: 'lost' } } });
  expect(turn.facts).toEqual([]);
});

test('a claim that is repeated gets the same, also of a manager that was started since', () => {
  const pool = poolWithAgent();
  const [id] = [pool.submit(), pool.submit()];
  const ask = () =>
    pool.ask({ kind: 'claimJobs', worker: AGENT, limit: 1, leaseMs: LEASE_MS, requestId: 'r1' }).reply as readonly {
      readonly job: { readonly id: string };
    }[];
  const given = () => ask().map(({ job }) => job.id);
  expect([given(), given()]).toEqual([[id], [id]]);
  // What it remembers of who it hears is in its memory alone.
  const contact = pool.model.contacts.get(AGENT);
  if (contact !== undefined) contact.lastClaim = null;
  expect(given()).toEqual([id]);
});
