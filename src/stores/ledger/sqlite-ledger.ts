/**
 * The embedded ledger: SQLite in WAL mode with synchronous=FULL, one transaction per engine turn, so a reply that was
 * given survives a power cut. Rows are JSON of the core's own types: the model is the schema, this is its mirror. Only
 * secrets are not as they are in the model: they are sealed.
 *
 * The binding follows node:sqlite's interface and ships prebuilt for every platform in its package; ADR 0002 says why.
 */
import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Sealer } from '../../../protocol/sealed-env';
import type { EventView } from '../../../protocol/views';
import { LIMITS } from '../../../protocol/limits';
import type { Definition } from '../../core/definitions/versions';
import type { Command, Incident, Process, Recovery, Worker } from '../../core/model';
import type { JobLimit } from '../../core/jobs/load';
import type { Attempt, Job } from '../../core/jobs/rows';
import type { Schedule } from '../../core/schedules/rows';
import type { Account, Applicant, Token, User } from '../../core/trust/rows';
import type { Counters, EventQuery, Ledger, LedgerBatch, LedgerContents, Rows } from '../../engine/ports';
import { hasSecrets } from '../sealing/row-secrets';
import { SealedRows } from '../sealing/sealed-rows';
import { AuditTable, beginAudit } from './audit/audit-table';
import { SqliteAuditTrail } from './audit/audit-trail';
import type { AuditKeys } from './audit/chain';
import { leanRow, wholeRow } from './lean-rows';

/** Raised when a row's shape changes; an older ledger is then carried over by `migrate`. */
const SCHEMA_VERSION = 6;

const TABLES = [
  'workers',
  'processes',
  'definitions',
  'commands',
  'recoveries',
  'incidents',
  'users',
  'tokens',
  'accounts',
  'applicants',
  'jobs',
  'attempts',
  'job_limits',
  'schedules',
] as const;
type Table = (typeof TABLES)[number];

/** What is kept from whoever reads the file, and from whoever writes in it. */
export interface LedgerKeys {
  /** For secret values. What stands there as it is, or under a key of before, is sealed anew right away. */
  readonly sealer: Sealer;
  /** The first one signs what is audited; the others did, and are believed. */
  readonly auditKeys: AuditKeys;
}

export function openSqliteLedger(file: string, { sealer, auditKeys }: LedgerKeys): Ledger {
  mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA busy_timeout = 5000');
  migrate(db, auditKeys);
  const sealed = new SealedRows(sealer);
  reseal(db, sealed);
  return new SqliteLedger(db, sealed, auditKeys);
}

function migrate(db: InstanceType<typeof DatabaseSync>, auditKeys: AuditKeys): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > SCHEMA_VERSION)
    throw new Error(
      `the ledger was written by a newer version (schema ${version}, this program knows ${SCHEMA_VERSION}); start that version`,
    );
  if (version === SCHEMA_VERSION) return;
  db.exec('BEGIN IMMEDIATE');
  for (const table of TABLES)
    db.exec(`CREATE TABLE IF NOT EXISTS ${table} (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID`);
  // Until schema 2 a recovery was a finding and an error; their stories live on in the events.
  if (version < 2) db.exec('DELETE FROM recoveries');
  if (version < 3) {
    db.exec(`UPDATE workers SET body = json_set(body, '$.isDraining', json('false'))`);
    db.exec(`UPDATE commands SET body = json_set(body, '$.asker', json_object('kind', 'manager', 'id', NULL,
      'name', body ->> '$.message.by', 'ip', NULL, 'text', body ->> '$.message.by'))`);
  }
  if (version < 3) beginAudit(db, auditKeys);
  // Since schema 5 rows of jobs are without what is usual in them (lean-rows.ts); those of before read the same.
  if (version < 4) db.exec(`UPDATE workers SET body = json_set(body, '$.slots', 0, '$.gpus', NULL)`);
  db.exec(`CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, level TEXT NOT NULL, worker TEXT, process TEXT, body TEXT NOT NULL)`);
  db.exec('CREATE INDEX IF NOT EXISTS events_by_worker ON events (worker, seq)');
  db.exec('CREATE TABLE IF NOT EXISTS counters (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)');
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  db.exec('COMMIT');
}

/** In one transaction. What was there before is not left in free pages or in the WAL either. */
function reseal(db: InstanceType<typeof DatabaseSync>, sealed: SealedRows): void {
  const found = TABLES.filter(hasSecrets).flatMap((table) =>
    (db.prepare(`SELECT id, body FROM ${table}`).all() as { id: string; body: string }[]).flatMap(({ id, body }) => {
      const row = wholeRow(table, JSON.parse(body) as object);
      if (!sealed.isToBeSealed(table, row)) return [];
      return [{ table, id, body: bodyOf(table, sealed.up(table, row), sealed) }];
    }),
  );
  if (found.length === 0) return;
  db.exec('BEGIN IMMEDIATE');
  for (const { table, id, body } of found) db.prepare(`UPDATE ${table} SET body = ? WHERE id = ?`).run(body, id);
  db.exec('COMMIT');
  db.exec('VACUUM');
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

const bodyOf = (table: Table, row: object, sealed: SealedRows): string =>
  JSON.stringify(leanRow(table, sealed.down(table, row)));

class SqliteLedger implements Ledger {
  private readonly put: Record<Table, StatementSyncInstance>;
  private readonly remove: Record<Table, StatementSyncInstance>;
  private readonly begin: StatementSyncInstance;
  private readonly end: StatementSyncInstance;
  private readonly putEvent: StatementSyncInstance;
  private readonly putCounters: StatementSyncInstance;
  private readonly trimEvents: StatementSyncInstance;
  private readonly auditTable: AuditTable;
  readonly audit: SqliteAuditTrail;
  private eventsSinceTrim = 0;

  constructor(
    private readonly db: InstanceType<typeof DatabaseSync>,
    private readonly sealed: SealedRows,
    auditKeys: AuditKeys,
  ) {
    const perTable = (sql: (table: Table) => string) =>
      Object.fromEntries(TABLES.map((table) => [table, db.prepare(sql(table))])) as Record<
        Table,
        StatementSyncInstance
      >;
    this.put = perTable(
      (table) =>
        `INSERT INTO ${table} SELECT key, value FROM json_each(?) WHERE true ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
    );
    this.remove = perTable((table) => `DELETE FROM ${table} WHERE id = ?`);
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.end = db.prepare('COMMIT');
    this.putEvent = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)');
    this.putCounters = db.prepare(
      'INSERT INTO counters VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
    );
    this.auditTable = new AuditTable(db, auditKeys);
    this.audit = new SqliteAuditTrail(db, auditKeys, this.auditTable, (work) => this.transact(work));
    this.trimEvents = db.prepare('DELETE FROM events WHERE seq <= ?');
  }

  load(): LedgerContents {
    // One by one: their texts and what they say are not in the memory together.
    const rows = <Row>(table: Table): Row[] => {
      const read: Row[] = [];
      for (const { body } of this.db.prepare(`SELECT body FROM ${table} ORDER BY id`).iterate())
        read.push(this.sealed.up(table, wholeRow(table, JSON.parse(body as string) as object)) as Row);
      return read;
    };
    const counters = this.db.prepare('SELECT body FROM counters').get() as { body: string } | undefined;
    const [processes, definitions] = [rows<Process>('processes'), rows<Definition>('definitions')];
    const [users, schedules, jobs] = [rows<User>('users'), rows<Schedule>('schedules'), rows<Job>('jobs')];
    const unopened = [
      ...this.unopened('processes', processes, ({ key }) => key),
      ...this.unopened('definitions', definitions, ({ key }) => key),
      ...this.unopened('users', users, ({ name }) => name),
      ...this.unopened('schedules', schedules, ({ name }) => name),
      ...this.unopened('jobs', jobs, ({ id }) => `job ${id}`),
    ];
    return {
      workers: rows<Worker>('workers'),
      processes,
      definitions,
      commands: rows<Command>('commands').sort((a, b) => a.order - b.order),
      unopened: [...new Set(unopened)],
      recoveries: rows<Recovery>('recoveries').sort((a, b) => a.beganAtMs - b.beganAtMs),
      incidents: rows<Incident>('incidents').sort((a, b) => a.beganAtMs - b.beganAtMs),
      users,
      tokens: rows<Token>('tokens'),
      accounts: rows<Account>('accounts'),
      applicants: rows<Applicant>('applicants').sort((a, b) => a.firstSeenMs - b.firstSeenMs),
      jobs,
      attempts: rows<Attempt>('attempts'),
      jobLimits: rows<JobLimit>('job_limits'),
      schedules,
      counters: counters === undefined ? { commandOrder: 0, eventSeq: 0 } : (JSON.parse(counters.body) as Counters),
    };
  }

  private unopened<Row>(table: Table, rows: readonly Row[], nameOf: (row: Row) => string): string[] {
    return rows.flatMap((row) => this.sealed.unopened(table, row).map((name) => `${name} of ${nameOf(row)}`));
  }

  commit(batch: LedgerBatch): void {
    const head = this.transact(() => {
      for (const table of TABLES) this.write(table, batch[table]);
      for (const event of batch.events)
        this.putEvent.run(
          event.seq,
          Math.round(event.at_ms),
          event.level,
          event.worker_id,
          event.process,
          JSON.stringify(event),
        );
      this.putCounters.run(JSON.stringify(batch.counters));
      this.trim(batch);
      return this.auditTable.append(batch.audit, batch.nowMs);
    });
    this.audit.grown(head);
  }

  /** All of a table's rows in one call: a call into SQLite costs as much as the row that it would bring. */
  private write(table: Table, rows: Rows<object>): void {
    const given: string[] = [];
    for (const [id, row] of rows)
      if (row === null) this.remove[table].run(id);
      else given.push(`${JSON.stringify(id)}:${bodyOf(table, row, this.sealed)}`);
    if (given.length > 0) this.put[table].run(`{${given.join()}}`);
  }

  private transact<T>(work: () => T): T {
    this.begin.run();
    try {
      const done = work();
      this.end.run();
      return done;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** On a full disk SQLite may have done so itself: that must not hide the cause. */
  private rollBack(): void {
    try {
      this.db.exec('ROLLBACK');
    } catch {
      // no transaction is open
    }
  }

  events(query: EventQuery): EventView[] {
    const where: string[] = [];
    const values: (string | number)[] = [];
    const must = (sql: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      where.push(sql);
      values.push(value);
    };
    must('seq > ?', query.after);
    must('seq < ?', query.before);
    must('level = ?', query.level);
    must('worker = ?', query.worker);
    must('process = ?', query.process);
    const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
    // From a known point forwards in order; otherwise the newest page.
    const order = query.after === undefined ? 'DESC' : 'ASC';
    const rows = this.db
      .prepare(`SELECT body FROM events ${filter} ORDER BY seq ${order} LIMIT ?`)
      .all(...values, Math.min(query.limit, LIMITS.eventsPageMax))
      .map((row) => JSON.parse((row as { body: string }).body) as EventView);
    return order === 'DESC' ? rows.reverse() : rows;
  }

  close(): void {
    this.db.close();
  }

  /** Bounded history, trimmed now and then inside the turn's own transaction. */
  private trim(batch: LedgerBatch): void {
    this.eventsSinceTrim += batch.events.length;
    if (this.eventsSinceTrim < 1000) return;
    this.eventsSinceTrim = 0;
    this.trimEvents.run(batch.counters.eventSeq - LIMITS.eventsKept);
  }
}
