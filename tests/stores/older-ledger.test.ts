/** A ledger that an earlier version wrote: read as it was meant, with all that is in it. */
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobSpec, type AttemptId } from '../../protocol/jobs';
import type { Job } from '../../src/core/jobs/rows';
import { plainAttempt, plainJob } from '../../src/core/jobs/test-rows';
import { NOTHING_CHANGED } from '../../src/engine/nothing-changed';
import type { Ledger } from '../../src/engine/ports';
import { openSqliteLedger } from '../../src/stores/ledger/sqlite-ledger';
import { testSealer } from './test-sealer';

const job = (id: string, spec: object): Job =>
  plainJob(id, {
    spec: JobSpec.parse({ command: ['true'], ...spec }),
    state: { kind: 'active' },
    sinceMs: 6,
    lastAttempt: `${id}.1` as AttemptId,
  });
const PLAIN = job('j_1', {});
const SECRET = job('j_2', { env: { API_KEY: 'a-value', PORT: '1' }, priority: 1 });

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'procguard-older-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const file = (): string => join(dir, 'ledger.db');
function withLedger<T>(use: (ledger: Ledger) => T): T {
  const ledger = openSqliteLedger(file(), { sealer: testSealer, auditKeys: [Buffer.from('a key of the tests')] });
  try {
    return use(ledger);
  } finally {
    ledger.close();
  }
}
function withFile<T>(use: (db: InstanceType<typeof DatabaseSync>) => T): T {
  const db = new DatabaseSync(file());
  try {
    return use(db);
  } finally {
    db.close();
  }
}
const bodies = (table: string): string[] =>
  withFile((db) => db.prepare(`SELECT body FROM ${table} ORDER BY id`).all()).map(({ body }) => body as string);

/** As schema 4 wrote rows: with all their fields, secrets sealed. */
function writeAsBefore(): void {
  withLedger(() => undefined);
  withFile((db) => {
    const put = (table: string, id: string, row: object): void =>
      void db.prepare(`INSERT INTO ${table} VALUES (?, ?)`).run(id, JSON.stringify(row));
    const sealed = { ...SECRET.spec.env, API_KEY: testSealer.seal('API_KEY', 'a-value') };
    put('jobs', 'j_1', PLAIN);
    put('jobs', 'j_2', { ...SECRET, spec: { ...SECRET.spec, env: sealed } });
    put('attempts', 'j_1.1', plainAttempt('j_1'));
    db.exec('PRAGMA user_version = 4');
  });
}

test('jobs and attempts that were written with all their fields are read as they were', () => {
  writeAsBefore();
  withLedger((ledger) =>
    expect(ledger.load()).toMatchObject({ jobs: [PLAIN, SECRET], attempts: [plainAttempt('j_1')] }),
  );
});

test('what is written again is without what is usual, its secrets sealed, and read the same', () => {
  writeAsBefore();
  withLedger((ledger) =>
    ledger.commit({
      ...NOTHING_CHANGED,
      jobs: new Map([
        ['j_1', PLAIN],
        ['j_2', SECRET],
      ]),
      attempts: new Map([['j_1.1', plainAttempt('j_1')]]),
    }),
  );
  const [plain = '', secret = ''] = bodies('jobs');
  expect(JSON.parse(plain)).toMatchObject({ spec: { command: ['true'] } });
  expect(Object.keys((JSON.parse(plain) as Job).spec)).toEqual(['command']);
  expect(secret).not.toContain('a-value');
  expect(bodies('attempts')[0]).not.toContain('isolation');
  withLedger((ledger) =>
    expect(ledger.load()).toMatchObject({ jobs: [PLAIN, SECRET], attempts: [plainAttempt('j_1')] }),
  );
});

test('an earlier version refuses what this one writes, for it would not understand it', () => {
  withLedger(() => undefined);
  const { user_version } = withFile((db) => db.prepare('PRAGMA user_version').get()) as { user_version: number };
  expect(user_version).toBeGreaterThan(4);
});

test('secrets of jobs that stand there as they are, in a row of either kind, are sealed at the next start', () => {
  withLedger(() => undefined);
  withFile((db) => {
    const put = db.prepare('INSERT INTO jobs VALUES (?, ?)');
    put.run('j_1', JSON.stringify({ ...PLAIN, spec: { command: ['true'] } }));
    put.run('j_2', JSON.stringify(SECRET));
  });
  withLedger((ledger) => expect(ledger.load().jobs).toMatchObject([PLAIN, SECRET]));
  expect(bodies('jobs').join()).not.toContain('a-value');
});
