/** The audit as it is read, checked and shortened. Its entries are written by the ledger's own commits (audit-table.ts). */
import type { DatabaseSync } from '@photostructure/sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ownAsker } from '../../../../protocol/trust';
import type { AuditStats, AuditVerdict } from '../../../../protocol/audit';
import type { AuditRecord } from '../../../core/trust/words';
import type { AuditPage, AuditQuery, AuditRange, AuditRules, AuditTrail, Purge } from '../../../engine/audit-port';
import { AuditMarks } from './audit-marks';
import { auditPage, auditStats, walkAudit } from './audit-queries';
import type { AuditTable } from './audit-table';
import { verifyAudit } from './audit-verify';
import type { AuditKeys, Mark } from './chain';
import { purgeable } from './purgeable';

const breathe = (): Promise<void> => nextTurn();

export class SqliteAuditTrail implements AuditTrail {
  private readonly listeners = new Set<() => void>();

  /** @param transact runs it in a transaction of the ledger's, all of it or nothing */
  constructor(
    private readonly db: InstanceType<typeof DatabaseSync>,
    private readonly keys: AuditKeys,
    private readonly table: AuditTable,
    private readonly transact: <T>(work: () => T) => T,
  ) {}

  get lastId(): number {
    return this.table.last.id;
  }

  page(query: AuditQuery, limit: number, offset: number): AuditPage {
    return auditPage(this.db, query, limit, offset);
  }

  walk(query: AuditQuery, after: number): ReturnType<AuditTrail['walk']> {
    return walkAudit(this.db, query, { after, last: this.lastId }, breathe);
  }

  stats(range: Pick<AuditQuery, 'sinceMs' | 'untilMs'>): Promise<AuditStats> {
    return auditStats(this.db, range, this.lastId, breathe);
  }

  verify(range: AuditRange): Promise<AuditVerdict> {
    return verifyAudit({ db: this.db, keys: this.keys, written: this.table.last, breathe }, range);
  }

  listen(onGrown: () => void): () => void {
    this.listeners.add(onGrown);
    return () => void this.listeners.delete(onGrown);
  }

  /** For the ledger, once a commit that appended something is durable. */
  grown(head: Mark): void {
    if (head.id === this.table.last.id) return;
    this.table.settle(head);
    for (const listener of [...this.listeners]) listener();
  }

  purge(rules: AuditRules, nowMs: number, piece: number): Purge {
    const { count, last, broken } = purgeable(this.db, this.keys, { rules, nowMs, lastId: this.lastId, piece });
    if (last === null) return { gone: 0, broken };
    const head = this.transact(() => {
      new AuditMarks(this.db, this.keys).write('anchor', last);
      this.db.prepare('DELETE FROM audit WHERE id <= ?').run(last.id);
      return this.table.append([purged(last.id - count + 1, last.id, rules)], nowMs);
    });
    this.grown(head);
    return { gone: count, broken };
  }
}

const purged = (first: number, last: number, { ageMs, entries }: AuditRules): AuditRecord => ({
  type: 'audit.purged',
  actor: ownAsker('retention'),
  target: { type: 'audit', id: `${first}-${last}` },
  action: 'purge',
  result: 'ok',
  details: { entries: last - first + 1, kept_ms: ageMs, kept_entries: entries },
});
