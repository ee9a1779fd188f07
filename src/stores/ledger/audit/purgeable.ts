/**
 * The oldest entries that may go. Whoever takes entries away signs where the chain begins from then on, and so vouches for
 * all before: each is proven first, from the last that was purged, and time and hash are believed in no other.
 */
import type { DatabaseSync } from '@photostructure/sqlite';
import type { AuditRules } from '../../../engine/audit-port';
import { AuditMarks } from './audit-marks';
import { GENESIS, Links, type AuditKeys, type Mark } from './chain';
import { isAsWritten, RAW_COLUMNS, rawEntry, type RawRow } from './raw-rows';

export interface Purgeable {
  readonly count: number;
  /** Null = none may go. */
  readonly last: Mark | null;
  /** Why no entry behind these may ever go; null = nothing was found. */
  readonly broken: string | null;
}

interface Asked {
  readonly rules: AuditRules;
  readonly nowMs: number;
  /** Of the newest entry. */
  readonly lastId: number;
  /** Entries looked at. */
  readonly piece: number;
}

export function purgeable(
  db: InstanceType<typeof DatabaseSync>,
  keys: AuditKeys,
  { rules, nowMs, lastId, piece }: Asked,
): Purgeable {
  const anchor = new AuditMarks(db, keys).read('anchor');
  if (anchor.kind === 'forged')
    return { count: 0, last: null, broken: 'the anchor of the last purge was changed, or another key made it' };
  let previous: Mark = anchor.kind === 'good' ? anchor.mark : { id: 0, hash: GENESIS };
  let count = 0;
  const upTo = (broken: string | null): Purgeable => ({ count, last: count === 0 ? null : previous, broken });
  const links = new Links(keys);
  const rows = db.prepare(`SELECT ${RAW_COLUMNS} FROM audit ORDER BY rowid LIMIT ?`).all(piece) as unknown as RawRow[];
  for (const row of rows) {
    const entry = rawEntry(row);
    const { id } = entry;
    if (id !== previous.id + 1) return upTo(`entry ${row.id} stands where entry ${previous.id + 1} must be`);
    if (!isAsWritten(row) || !links.holds(previous.hash, entry, row.hash))
      return upTo(`entry ${id}, or its hash, was changed, or another key made it`);
    // From the beginning and without a hole: where a clock was set back, what is behind it waits for its time.
    if (Number(entry.atMs) >= nowMs - rules.ageMs && id > lastId - rules.entries) return upTo(null);
    previous = { id, hash: row.hash };
    count += 1;
  }
  return upTo(null);
}
