/** Where the chain begins and where it ends: rows of their own, each with its proof. */
import type { DatabaseSync, StatementSyncInstance } from '@photostructure/sqlite';
import { markProof, type AuditKeys, type Mark, type MarkName } from './chain';

export type KnownMark =
  | { readonly kind: 'good'; readonly mark: Mark }
  | { readonly kind: 'missing' }
  /** It is there, and none of the keys made its proof. */
  | { readonly kind: 'forged' };

export class AuditMarks {
  private readonly select: StatementSyncInstance;
  private readonly put: StatementSyncInstance;

  constructor(
    db: InstanceType<typeof DatabaseSync>,
    private readonly keys: AuditKeys,
  ) {
    this.select = db.prepare(
      'SELECT CAST(id AS TEXT) AS id, CAST(hash AS TEXT) AS hash, CAST(proof AS TEXT) AS proof FROM audit_marks WHERE name = ?',
    );
    this.put = db.prepare(
      'INSERT INTO audit_marks VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET id = excluded.id, hash = excluded.hash, proof = excluded.proof',
    );
  }

  read(name: MarkName): KnownMark {
    const row = this.select.get(name) as { id: string; hash: string; proof: string } | undefined;
    if (row === undefined) return { kind: 'missing' };
    const mark: Mark = { id: Number(row.id), hash: row.hash };
    const isOurs = this.keys.some((key) => markProof(key, name, mark) === row.proof);
    return isOurs ? { kind: 'good', mark } : { kind: 'forged' };
  }

  /** Inside the caller's transaction. */
  write(name: MarkName, mark: Mark): void {
    this.put.run(name, mark.id, mark.hash, markProof(this.keys[0], name, mark));
  }
}
