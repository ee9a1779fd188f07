/** A ledger with an audit in it, and a hand that reaches around it into the file. */
import { NOTHING_CHANGED } from '../../src/engine/nothing-changed';
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditRecord } from '../../src/core/trust/words';
import type { Ledger, LedgerBatch } from '../../src/engine/ports';
import type { AuditKeys } from '../../src/stores/ledger/audit/chain';
import { openSqliteLedger } from '../../src/stores/ledger/sqlite-ledger';
import { testSealer } from './test-sealer';

export const KEYS: AuditKeys = [Buffer.from('a key of the tests')];

export const record = (more: Partial<AuditRecord> = {}): AuditRecord => ({
  type: 'process.command',
  actor: { kind: 'user', id: 'u_1', name: 'alice', ip: '10.0.0.7', text: 'alice' },
  target: { type: 'process', id: 'w1/train' },
  action: 'stop',
  result: 'ok',
  details: {},
  ...more,
});

export const batchOf = (audit: readonly AuditRecord[], nowMs = 1_700_000_000_000): LedgerBatch => ({
  ...NOTHING_CHANGED,
  audit,
  nowMs,
});

export class AuditLedger {
  readonly dir = mkdtempSync(join(tmpdir(), 'procguard-audit-'));
  readonly file = join(this.dir, 'ledger.db');
  ledger: Ledger;

  constructor(private readonly keys = KEYS) {
    this.ledger = openSqliteLedger(this.file, { sealer: testSealer, auditKeys: keys });
  }

  /** Entries with different words, one commit for every three. */
  fill(count: number): void {
    for (let i = 0; i < count; i += 3)
      this.ledger.commit(
        batchOf(
          Array.from({ length: Math.min(3, count - i) }, (_, k) =>
            record({ action: `deed ${i + k + 1}`, target: { type: 'worker', id: `w${(i + k) % 4}` } }),
          ),
        ),
      );
  }

  /** What somebody does who has the file and not the key, with no manager running. */
  tamper(work: (db: InstanceType<typeof DatabaseSync>) => void): void {
    this.ledger.close();
    const db = new DatabaseSync(this.file);
    work(db);
    db.close();
    this.reopen();
  }

  reopen(keys = this.keys): void {
    try {
      this.ledger.close();
    } catch {
      // it was closed for the tampering
    }
    this.ledger = openSqliteLedger(this.file, { sealer: testSealer, auditKeys: keys });
  }

  /** Numbers at which the chain does not hold. */
  async broken(): Promise<number[]> {
    return (await this.ledger.audit.verify({})).broken_links.map(({ id }) => id);
  }

  remove(): void {
    this.ledger.close();
    rmSync(this.dir, { recursive: true });
  }
}
