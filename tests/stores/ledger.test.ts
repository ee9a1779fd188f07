/** What every ledger must do. Run against each implementation. */
import { NOTHING_CHANGED } from '../../src/engine/nothing-changed';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from '../../src/core/model';
import type { Ledger, LedgerBatch } from '../../src/engine/ports';
import type { EventView } from '../../protocol/views';
import { openSqliteLedger } from '../../src/stores/ledger/sqlite-ledger';
import { testSealer } from './test-sealer';

const LEDGERS: Record<string, (dir: string) => Ledger> = {
  sqlite: (dir) =>
    openSqliteLedger(join(dir, 'ledger.db'), {
      sealer: testSealer,
      auditKeys: [Buffer.from('a key of the tests')],
    }),
};

const worker = (id: string, more: Partial<Worker> = {}): Worker => ({
  id: id as Worker['id'],
  type: 'remote',
  hostname: 'h',
  labels: {},
  version: null,
  instance: null,
  ackedSeq: 0,
  registeredAtMs: 1,
  heartbeatIntervalMs: 1000,
  presence: { kind: 'connecting', sinceMs: 1 },
  isDraining: false,
  slots: 4,
  gpus: null,
  ...more,
});
const event = (seq: number, more: Partial<EventView> = {}): EventView => ({
  seq,
  at_ms: seq,
  kind: 'x',
  level: 'info',
  worker_id: 'w',
  process: null,
  run_id: null,
  by: 'test',
  message: `event ${seq}`,
  ...more,
});
const batch = (more: Partial<LedgerBatch> = {}): LedgerBatch => ({
  ...NOTHING_CHANGED,
  ...more,
});

describe.each(Object.entries(LEDGERS))('%s', (_name, open) => {
  let dir: string;
  let ledger: Ledger;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'procguard-ledger-'));
    ledger = open(dir);
  });
  afterEach(() => {
    ledger.close();
    rmSync(dir, { recursive: true });
  });
  const reopen = (): void => {
    ledger.close();
    ledger = open(dir);
  };

  test('a new one is empty', () => {
    expect(ledger.load()).toEqual({
      workers: [],
      processes: [],
      definitions: [],
      commands: [],
      recoveries: [],
      incidents: [],
      users: [],
      tokens: [],
      accounts: [],
      applicants: [],
      jobs: [],
      attempts: [],
      jobLimits: [],
      schedules: [],
      unopened: [],
      counters: { commandOrder: 0, eventSeq: 0 },
    });
  });

  test('rows come back as they were, changed rows in their last form, removed ones not at all', () => {
    ledger.commit(
      batch({
        workers: new Map([
          ['a', worker('a')],
          ['b', worker('b')],
        ]),
        counters: { commandOrder: 3, eventSeq: 4 },
      }),
    );
    ledger.commit(
      batch({
        workers: new Map([
          ['a', worker('a', { labels: { k: 'v\u0000"ä' } })],
          ['b', null],
        ]),
        counters: { commandOrder: 5, eventSeq: 6 },
      }),
    );
    reopen();
    expect(ledger.load()).toMatchObject({
      workers: [worker('a', { labels: { k: 'v\u0000"ä' } })],
      counters: { commandOrder: 5, eventSeq: 6 },
    });
  });

  test('a batch that cannot be written leaves nothing of itself', () => {
    ledger.commit(batch({ events: [event(1)] }));
    expect(() => ledger.commit(batch({ workers: new Map([['a', worker('a')]]), events: [event(1)] }))).toThrow();
    reopen();
    expect(ledger.load().workers).toEqual([]);
    ledger.commit(batch({ workers: new Map([['a', worker('a')]]), events: [event(2)] }));
    expect(ledger.load().workers).toHaveLength(1);
  });

  test('events: the newest page, forwards from a point, backwards from a point, filtered', () => {
    const level = (seq: number) => (seq % 2 === 0 ? ('error' as const) : ('info' as const));
    ledger.commit(
      batch({
        events: Array.from({ length: 10 }, (_, i) =>
          event(i + 1, { level: level(i + 1), worker_id: i < 5 ? 'a' : 'b' }),
        ),
      }),
    );
    const seqs = (query: Parameters<Ledger['events']>[0]) => ledger.events(query).map(({ seq }) => seq);
    expect(seqs({ limit: 3 })).toEqual([8, 9, 10]);
    expect(seqs({ limit: 3, after: 2 })).toEqual([3, 4, 5]);
    expect(seqs({ limit: 3, before: 5 })).toEqual([2, 3, 4]);
    expect(seqs({ limit: 9, level: 'error', worker: 'a' })).toEqual([2, 4]);
  });
});
