/**
 * Walks the chain and says where it does not hold. Each entry is held against the one before it; where that one's hash was
 * changed, also against the hash it should have, so that a finding names the entry that was touched and not its neighbour.
 */
import type { DatabaseSync } from '@photostructure/sqlite';
import type { AuditVerdict } from '../../../../protocol/audit';
import type { AuditRange } from '../../../engine/audit-port';
import { AuditMarks } from './audit-marks';
import { entryHash, GENESIS, Links, TORN, type AuditKeys, type Mark, type RawEntry } from './chain';
import { isAsWritten, RAW_COLUMNS, rawEntry, type RawRow } from './raw-rows';

/** About a millisecond's work. */
const PIECE_ROWS = 200;
/** Findings told one by one; of a table that was rewritten whole, these are enough. */
const FINDINGS_MAX = 100;

export interface Verification {
  readonly db: InstanceType<typeof DatabaseSync>;
  readonly keys: AuditKeys;
  /** The last entry that this program wrote; null = it wrote none, and the head's row alone counts. */
  readonly written: Mark | null;
  /** Lets others have their turn, after each piece. */
  readonly breathe: () => Promise<void>;
}

export const verifyAudit = (verification: Verification, range: AuditRange): Promise<AuditVerdict> =>
  new ChainWalk(verification).verdict(range);

class ChainWalk {
  private readonly marks: AuditMarks;
  private readonly found: { id: number; what: string }[] = [];
  private findings = 0;
  private checked = 0;
  private firstId: number | null = null;
  private lastId: number | null = null;
  /** The number that must come next. */
  private expected = 1;
  /** What the next entry must follow; null = unknown, for what was before it is missing. */
  private previous: string | null = GENESIS;
  /** The hash that the entry before should have, where it has another. */
  private repaired: string | null = null;
  private readonly links: Links;

  constructor(private readonly on: Verification) {
    this.marks = new AuditMarks(on.db, on.keys);
    this.links = new Links(on.keys);
  }

  async verdict(range: AuditRange): Promise<AuditVerdict> {
    let head: Mark | null = null;
    try {
      head = this.judgeHead();
      this.begin(range);
      const lastId = Math.min(range.to ?? Infinity, head?.id ?? this.lastRow());
      await this.walk(lastId);
      if (this.expected <= lastId) this.missing(this.expected, lastId);
      else if (head !== null && lastId === head.id) this.judgeEnd(head);
    } catch (error) {
      // SQLite itself may stumble over a changed byte.
      this.finding(this.expected, `the ledger cannot be read here: ${String((error as Error).message)}`);
    }
    return {
      valid: this.findings === 0,
      entries_checked: this.checked,
      broken_links: this.found.sort((a, b) => a.id - b.id),
      broken_total: this.findings,
      first_id: this.firstId,
      last_id: this.lastId,
      head: head === null ? null : { id: head.id, hash: head.hash },
    };
  }

  private judgeHead(): Mark | null {
    const known = this.marks.read('head');
    // Torn: this manager did not believe the head when it started, and has written nothing since.
    const written = this.on.written?.hash === TORN ? null : this.on.written;
    if (known.kind !== 'good') {
      this.finding(
        written?.id ?? this.lastRow(),
        known.kind === 'missing'
          ? 'the head is missing: entries at the end may have been cut off'
          : 'the head was changed, or made with another key: entries at the end may have been cut off',
      );
      return written;
    }
    const { mark } = known;
    if (written !== null && (written.id !== mark.id || written.hash !== mark.hash))
      this.finding(written.id, `the head names entry ${mark.id}, and this manager wrote entry ${written.id} last`);
    const head = written !== null && written.id > mark.id ? written : mark;
    // Now, before others have their turn: what is written from here on stands after this head rightly.
    for (const id of this.idsWhere('rowid > ?', head.id))
      this.finding(id, `entry ${id} stands after the head (entry ${head.id}): it was put in`);
    return head;
  }

  private begin({ from }: AuditRange): void {
    const anchor = this.marks.read('anchor');
    if (anchor.kind === 'good') this.goOnFrom(anchor.mark);
    if (anchor.kind === 'forged') {
      this.expected = this.firstRow() ?? 1;
      this.previous = null;
      this.finding(this.expected, 'the anchor of the last purge was changed: entries before this one may be gone');
    }
    for (const id of this.idsWhere('rowid < ?', this.expected))
      this.finding(id, `entry ${id} stands before the first one that is kept (${this.expected}): it was put in`);
    if (from === undefined || from <= this.expected) return;
    const before = this.on.db.prepare(`SELECT ${RAW_COLUMNS} FROM audit WHERE rowid = ?`).get(from - 1) as
      RawRow | undefined;
    this.expected = from;
    this.previous = before?.hash ?? null;
  }

  private goOnFrom({ id, hash }: Mark): void {
    this.expected = id + 1;
    this.previous = hash;
    this.repaired = null;
  }

  private async walk(lastId: number): Promise<void> {
    const next = this.on.db.prepare(
      `SELECT ${RAW_COLUMNS} FROM audit WHERE rowid >= ? AND rowid <= ? ORDER BY rowid LIMIT ${PIECE_ROWS}`,
    );
    while (this.expected <= lastId) {
      const rows = next.all(this.expected, lastId) as unknown as RawRow[];
      const before = this.expected;
      for (const row of rows) this.judge(row);
      // The second: a tree out of order, in which SQLite finds rows where they are not.
      if (rows.length < PIECE_ROWS || this.expected === before) return;
      await this.on.breathe();
    }
  }

  private judge(row: RawRow): void {
    const entry = rawEntry(row);
    const { id } = entry;
    // Purged since the walk began.
    if (id > this.expected) {
      const anchor = this.marks.read('anchor');
      if (anchor.kind === 'good' && anchor.mark.id >= this.expected) this.goOnFrom(anchor.mark);
    }
    if (id < this.expected || !Number.isSafeInteger(id))
      return this.finding(this.expected, `entry ${row.id} stands out of its order`);
    if (id > this.expected) this.missing(this.expected, id - 1);
    this.checked += 1;
    this.firstId ??= id;
    this.lastId = id;
    this.expected = id + 1;
    const fault = isAsWritten(row) ? this.fault(entry, row.hash) : 'it is not stored as it was written';
    if (fault !== null) this.finding(id, fault);
    const should = this.previous === null ? null : entryHash(this.links.key, this.previous, entry);
    this.repaired = should === row.hash ? null : should;
    this.previous = row.hash;
  }

  private fault(entry: RawEntry, hash: string): string | null {
    if (this.previous === null) return 'it cannot be proven: the entry before it is missing';
    if (this.links.holds(this.previous, entry, hash)) return null;
    if (this.repaired !== null && this.links.holds(this.repaired, entry, hash)) {
      this.previous = this.repaired;
      return null;
    }
    return this.links.holds(TORN, entry, hash)
      ? 'it was written when the head had been found changed or missing: entries before it may be gone'
      : 'it, or its hash, was changed';
  }

  private judgeEnd({ id, hash }: Mark): void {
    if (this.lastId === id && this.previous !== hash && this.repaired !== hash)
      this.finding(id, 'it is not the entry that the head names');
  }

  private missing(from: number, to: number): void {
    this.finding(from, from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`);
    this.previous = null;
    this.repaired = null;
    this.expected = to + 1;
  }

  private finding(id: number, what: string): void {
    this.findings += 1;
    if (this.found.length < FINDINGS_MAX) this.found.push({ id, what });
  }

  private idsWhere(condition: string, id: number): number[] {
    const rows = this.on.db
      .prepare(`SELECT CAST(id AS TEXT) AS id FROM audit WHERE ${condition} LIMIT ${FINDINGS_MAX}`)
      .all(id) as { id: string }[];
    return rows.map((row) => Number(row.id));
  }

  private readonly firstRow = (): number | null => this.edge('min');
  private readonly lastRow = (): number => this.edge('max') ?? 0;
  private edge(which: 'min' | 'max'): number | null {
    const { id } = this.on.db.prepare(`SELECT CAST(${which}(id) AS TEXT) AS id FROM audit`).get() as {
      id: string | null;
    };
    return id === null ? null : Number(id);
  }
}
