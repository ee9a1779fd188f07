/** What every audit trail must do besides being proven (audit-tampering.test.ts): find, count, and forget in order. */
import type { AuditEntry } from '../../protocol/audit';
import type { AuditQuery } from '../../src/engine/audit-port';
import { AuditLedger, batchOf, record } from './audit-ledger';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);
let here: AuditLedger;
beforeEach(() => (here = new AuditLedger()));
afterEach(() => here.remove());

const bob = { kind: 'token', id: 't_9', name: 'bob', ip: null, text: 'bob (token ci)' } as const;

function fillDays(days: number): void {
  for (let day = 0; day < days; day++)
    here.ledger.commit(
      batchOf(
        [
          record({ action: `day ${day}` }),
          record({ actor: bob, type: 'auth.login.failed', result: 'login_failed', target: null }),
          record({ type: 'worker.drained', target: { type: 'worker', id: 'w1' } }),
        ],
        START_MS + day * DAY_MS,
      ),
    );
}

const ids = (entries: readonly AuditEntry[]): number[] => entries.map(({ id }) => id);

test('an entry is found by each of its words, newest first, with what matches in all', () => {
  fillDays(3);
  const found = (query: AuditQuery): number[] => ids(here.ledger.audit.page(query, 100, 0).entries);
  expect(found({})).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(found({ types: ['auth.login.failed'] })).toEqual([8, 5, 2]);
  expect(found({ actor: 't_9' })).toEqual([8, 5, 2]);
  expect(found({ actor: 'bob' })).toEqual([8, 5, 2]);
  expect(found({ targetType: 'worker' })).toEqual([9, 6, 3]);
  expect(found({ target: 'w1/train' })).toEqual([7, 4, 1]);
  expect(found({ target: 'w1/*' })).toEqual([7, 4, 1]);
  expect(found({ target: 'w1*', types: ['worker.drained'] })).toEqual([9, 6, 3]);
  expect(found({ sinceMs: START_MS + DAY_MS, untilMs: START_MS + 2 * DAY_MS })).toEqual([6, 5, 4]);
  expect(here.ledger.audit.page({ types: ['auth.login.failed'] }, 1, 1)).toMatchObject({
    total: 3,
    entries: [
      {
        id: 5,
        timestamp: '2026-01-02T00:00:00.000Z',
        event_type: 'auth.login.failed',
        actor_id: 't_9',
        actor_username: 'bob',
        actor_ip: null,
        actor_kind: 'token',
        target_type: null,
        target_id: null,
        action: 'stop',
        result: 'login_failed',
      },
    ],
  });
});

test('what matches is counted as far as is read, and some more', () => {
  here.fill(10_120);
  const page = (query: AuditQuery, offset: number) => here.ledger.audit.page(query, 100, offset);
  expect(page({}, 0)).toMatchObject({ total: 10_100, isTotalCapped: true });
  expect(page({}, 20)).toMatchObject({ total: 10_120, isTotalCapped: false });
  expect(page({ target: 'w1' }, 0)).toMatchObject({ total: 2530, isTotalCapped: false });
});

test('a walk is oldest first and whole, however many pieces it takes', async () => {
  here.fill(2500);
  const walked: number[] = [];
  for await (const piece of here.ledger.audit.walk({ target: 'w1' }, 10)) walked.push(...ids(piece));
  expect(walked).toHaveLength(622);
  expect(walked).toEqual([...walked].sort((a, b) => a - b));
  expect(walked[0]).toBe(14);
});

test('counts by type, actor, day and result', async () => {
  fillDays(2);
  expect(await here.ledger.audit.stats({})).toEqual({
    total: 6,
    by_type: { 'process.command': 2, 'auth.login.failed': 2, 'worker.drained': 2 },
    by_actor: { alice: 4, bob: 2 },
    by_day: { '2026-01-01': 3, '2026-01-02': 3 },
    by_result: { ok: 4, login_failed: 2 },
  });
});

test('a purge takes the oldest, writes that down, and the rest still holds', async () => {
  fillDays(10);
  const { audit } = here.ledger;
  const rules = { ageMs: 16 * DAY_MS, entries: 100 };
  const purge = (piece: number): number => audit.purge(rules, START_MS + 20 * DAY_MS, piece).gone;
  expect([purge(5), purge(5), purge(5), purge(5)]).toEqual([5, 5, 2, 0]);
  const purged = audit.page({ types: ['audit.purged'] }, 10, 0).entries;
  expect(purged.map(({ target_id, actor_username }) => `${actor_username} ${target_id}`)).toEqual([
    'retention 11-12',
    'retention 6-10',
    'retention 1-5',
  ]);
  for (let restart = 0; restart < 2; restart++) {
    expect(await here.ledger.audit.verify({})).toMatchObject({ valid: true, first_id: 13, last_id: 33 });
    here.reopen();
  }
  expect(await here.ledger.audit.verify({ from: 1 })).toMatchObject({ valid: true, first_id: 13 });
});

test('too many go too, the oldest first', async () => {
  here.fill(30);
  expect(here.ledger.audit.purge({ ageMs: DAY_MS, entries: 10 }, 1_700_000_000_000, 100)).toEqual({
    gone: 20,
    broken: null,
  });
  expect(await here.ledger.audit.verify({})).toMatchObject({ valid: true, first_id: 21, last_id: 31 });
});

test('a purge hides nothing: taking more than it did shows, also with the anchor moved', async () => {
  fillDays(10);
  here.ledger.audit.purge({ ageMs: 16 * DAY_MS, entries: 100 }, START_MS + 20 * DAY_MS, 100);
  here.tamper((db) => db.exec('DELETE FROM audit WHERE id <= 15'));
  expect(await here.broken()).toEqual([13, 16]);
  here.tamper((db) => db.exec(`UPDATE audit_marks SET id = 15 WHERE name = 'anchor'`));
  expect(await here.broken()).toEqual([16, 16]);
});

test('who listens hears of entries when they are safe, and no more once gone', () => {
  const heard: number[] = [];
  const leave = here.ledger.audit.listen(() => heard.push(here.ledger.audit.lastId));
  here.fill(3);
  here.ledger.commit(batchOf([]));
  leave();
  here.fill(3);
  expect(heard).toEqual([3]);
});

test('a check of many entries lets others have their turn, and is not disturbed by what they write', async () => {
  here.fill(3000);
  let turns = 0;
  let isOver = false;
  const others = (): void => {
    if (isOver) return;
    turns += 1;
    here.ledger.commit(batchOf([record()]));
    if (turns === 3) here.ledger.audit.purge({ ageMs: 0, entries: 1500 }, START_MS, 1500);
    setImmediate(others);
  };
  setImmediate(others);
  const verdict = await here.ledger.audit.verify({});
  isOver = true;
  expect(verdict).toMatchObject({ valid: true });
  expect(turns).toBeGreaterThan(5);
});
