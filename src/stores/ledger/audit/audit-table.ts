/**
 * Writes the audit, in the ledger's own transaction: what is remembered of a deed is written with what the deed changed,
 * or neither is. One HMAC for each entry, and one for the head.
 */
import type { DatabaseSync, StatementSyncInstance } from '@photostructure/sqlite';
import type { AuditRecord } from '../../../core/trust/words';
import { AuditMarks } from './audit-marks';
import { AUDIT_SCHEMA } from './audit-schema';
import { entryHash, GENESIS, TORN, type AuditKeys, type Mark } from './chain';

type Database = InstanceType<typeof DatabaseSync>;

/**
 * Once in the life of a ledger, in the transaction that makes its tables. From then on there is a head, and one that is
 * missing was taken away.
 */
export function beginAudit(db: Database, keys: AuditKeys): void {
  for (const statement of AUDIT_SCHEMA) db.exec(statement);
  new AuditMarks(db, keys).write('head', { id: 0, hash: GENESIS });
}

export class AuditTable {
  private readonly marks: AuditMarks;
  private readonly put: StatementSyncInstance;
  private head: Mark;

  constructor(
    db: Database,
    private readonly keys: AuditKeys,
  ) {
    this.marks = new AuditMarks(db, keys);
    this.put = db.prepare('INSERT INTO audit (id, at_ms, body, hash) VALUES (?, ?, ?, ?)');
    const { last } = db.prepare('SELECT max(id) AS last FROM audit').get() as { last: number | null };
    this.head = this.headOrTorn(last ?? 0);
  }

  /** The last entry that is safe. */
  get last(): Mark {
    return this.head;
  }

  /**
   * Inside the caller's transaction.
   * @returns the new head, for `settle` when the transaction is through
   */
  append(records: readonly AuditRecord[], nowMs: number): Mark {
    if (records.length === 0) return this.head;
    const atMs = Math.round(nowMs);
    let head = this.head;
    for (const record of records) {
      const id = head.id + 1;
      const body = JSON.stringify(record);
      const hash = entryHash(this.keys[0], head.hash, { id, atMs: String(atMs), body });
      this.put.run(id, atMs, body, hash);
      head = { id, hash };
    }
    this.marks.write('head', head);
    return head;
  }

  settle(head: Mark): void {
    this.head = head;
  }

  /**
   * A head that is missing, forged or behind the last row is not healed by the next entry: that one begins torn, which no
   * verification ever takes for a link. A head before which rows are missing is gone on from: the gap shows.
   */
  private headOrTorn(last: number): Mark {
    const known = this.marks.read('head');
    return known.kind === 'good' && known.mark.id >= last ? known.mark : { id: last, hash: TORN };
  }
}
