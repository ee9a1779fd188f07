/**
 * The audit, in the ledger's own transaction: what is remembered of a deed is written with what the deed changed, or
 * neither is. Each entry's hash covers the entry and the hash before it, so that a changed, removed or inserted row shows.
 */
import type { DatabaseSync, StatementSyncInstance } from '@photostructure/sqlite';
import { createHash } from 'node:crypto';
import type { AuditRecord } from '../../core/trust/words';

export const AUDIT_TABLE = `CREATE TABLE IF NOT EXISTS audit (
  id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, type TEXT NOT NULL, actor TEXT, target_type TEXT, target TEXT,
  body TEXT NOT NULL, hash TEXT NOT NULL)`;

/** Before the first entry. */
const GENESIS = 'genesis';

export class AuditTable {
  private readonly put: StatementSyncInstance;
  private lastId: number;
  private lastHash: string;

  constructor(db: InstanceType<typeof DatabaseSync>) {
    this.put = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    const last = db.prepare('SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1').get() as
      { id: number; hash: string } | undefined;
    this.lastId = last?.id ?? 0;
    this.lastHash = last?.hash ?? GENESIS;
  }

  /** Inside the caller's transaction. */
  append(records: readonly AuditRecord[], nowMs: number): void {
    const atMs = Math.round(nowMs);
    for (const record of records) {
      const id = ++this.lastId;
      const { type, actor, target } = record;
      const body = JSON.stringify(record);
      this.lastHash = createHash('sha256').update(`${this.lastHash}\n${id}\n${atMs}\n${body}`).digest('hex');
      this.put.run(
        id,
        atMs,
        type,
        actor.id ?? actor.name,
        target?.type ?? null,
        target?.id ?? null,
        body,
        this.lastHash,
      );
    }
  }
}
