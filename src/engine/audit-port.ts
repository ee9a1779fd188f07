/** What was audited, read and checked. The ledger writes it (LedgerBatch.audit) and implements this beside itself. */
import type { AuditEntry, AuditStats, AuditVerdict } from '../../protocol/audit';

/** Absent = any. */
export interface AuditQuery {
  readonly types?: readonly string[];
  /** By id or by name. */
  readonly actor?: string;
  readonly targetType?: string;
  /** Whole, or its beginning with a `*` behind it: `w1/*`. */
  readonly target?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** All that match, or as many as are counted (LIMITS.auditCountedBeyond behind the page): then there are more. */
  readonly total: number;
  readonly isTotalCapped: boolean;
}

/** Ids, both included. Absent = from the first kept, to the last. */
export interface AuditRange {
  readonly from?: number;
  readonly to?: number;
}

/** Reading, counting and checking take as long as there are entries, and hold nobody up: they go in pieces. */
export interface AuditTrail {
  page(query: AuditQuery, limit: number, offset: number): AuditPage;
  /** Oldest first, those after the id `after` that are there now. A piece may be empty. */
  walk(query: AuditQuery, after: number): AsyncGenerator<readonly AuditEntry[]>;
  stats(range: Pick<AuditQuery, 'sinceMs' | 'untilMs'>): Promise<AuditStats>;
  verify(range: AuditRange): Promise<AuditVerdict>;
  /** The last entry's number; 0 = none yet. */
  readonly lastId: number;
  /** Called after entries became durable. @returns to be called when that is no longer wanted */
  listen(onGrown: () => void): () => void;
  /**
   * Takes away the oldest entries, at most `piece` of them, that the rules do not keep; what was taken is an entry itself
   * (`audit.purged`), in the same transaction. Only what is proven goes: the first entry that does not hold stays, and all
   * behind it, so that a purge hides nothing.
   */
  purge(rules: AuditRules, nowMs: number, piece: number): Purge;
}

export interface Purge {
  /** How many went. */
  readonly gone: number;
  /** What does not hold, and stands in the way of all purges to come; null = nothing was found. */
  readonly broken: string | null;
}

/** Kept is what is young enough, and of it the newest. */
export interface AuditRules {
  readonly ageMs: number;
  readonly entries: number;
}
