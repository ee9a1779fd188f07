/** The audit as it is read, checked and shortened. Its entries are written by the ledger's own commits (audit-table.ts). */
import type { DatabaseSync } from '@photostructure/sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ownAsker } from '../../../../protocol/trust';
import type { AuditStats, AuditVerdict } from '../../../../protocol/audit';
import type { AuditRecord } from '../../../core/trust/words';
import type { AuditPage, AuditQuery, AuditRange, AuditRules, AuditTrail } from '../../../engine/audit-port';
import { AuditMarks } from './audit-marks';
import { auditPage, auditStats, walkAudit } from './audit-queries';
import type { AuditTable } from './audit-table';
import { verifyAudit } from './audit-verify';
import type { AuditKeys, Mark } from './chain';

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

  purge(rules: AuditRules, nowMs: number, piece: number): number {
    const beforeMs = Math.round(nowMs - rules.ageMs);
    const oldest = this.db
      .prepare('SELECT id, at_ms AS atMs, hash FROM audit ORDER BY id LIMIT ?')
      .all(piece) as unknown as (Mark & { readonly atMs: number })[];
    const first = oldest[0]?.id ?? 0;
    // From the beginning and without a hole: a gap stays to be found, and a clock that was set back waits for its time.
    const kept = oldest.findIndex(
      ({ id, atMs }, i) => id !== first + i || (atMs >= beforeMs && id > this.lastId - rules.entries),
    );
    const going = kept === -1 ? oldest : oldest.slice(0, kept);
    const last = going.at(-1);
    if (last === undefined) return 0;
    const head = this.transact(() => {
      new AuditMarks(this.db, this.keys).write('anchor', { id: last.id, hash: last.hash });
      this.db.prepare('DELETE FROM audit WHERE id <= ?').run(last.id);
      return this.table.append([purged(first, last.id, rules)], nowMs);
    });
    this.grown(head);
    return going.length;
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
