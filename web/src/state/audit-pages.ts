/**
 * What of the audit is here: pages of it, newest first, as far as somebody looked. The list ends where it began when it was
 * opened (`until`): entries that come meanwhile would push every other one to another place.
 */
import type { AuditEntry, AuditReply } from '../../../protocol/audit';

/** Within what the manager gives at once (500). */
export const PAGE_ENTRIES = 200;
/** More rows than these are too high for a browser to scroll. */
export const ENTRIES_LISTED = 200_000;

export interface AuditPages {
  /** Null = nothing is here yet. */
  readonly total: number | null;
  /** There are more than `total`: how many, shows who goes on. */
  readonly isTotalCapped: boolean;
  readonly until: string | null;
  readonly pages: ReadonlyMap<number, readonly AuditEntry[]>;
  /** The sentence of the last refusal; null = none. */
  readonly problem: string | null;
}
export const NO_PAGES: AuditPages = { total: null, isTotalCapped: false, until: null, pages: new Map(), problem: null };

export const entryAt = ({ pages }: AuditPages, index: number): AuditEntry | undefined =>
  pages.get(Math.floor(index / PAGE_ENTRIES))?.[index % PAGE_ENTRIES];

/** Pages between two rows that are not here. */
export function missingPages({ pages, total }: AuditPages, from: number, to: number): number[] {
  const last = Math.floor(Math.max(0, Math.min(to, (total ?? 1) - 1)) / PAGE_ENTRIES);
  const missing = [];
  for (let page = Math.floor(Math.max(0, from) / PAGE_ENTRIES); page <= last; page++)
    if (!pages.has(page)) missing.push(page);
  return missing;
}

export function withPage(
  before: AuditPages,
  page: number,
  { entries, total, total_is_capped: isCapped }: AuditReply,
): AuditPages {
  const newest = entries[0];
  return {
    // Further pages count further; what was counted to its end stays.
    ...(before.total !== null && (!before.isTotalCapped || total < before.total)
      ? { total: before.total, isTotalCapped: before.isTotalCapped }
      : { total, isTotalCapped: isCapped }),
    until: before.until ?? (newest === undefined ? null : justAfter(newest.timestamp)),
    pages: new Map(before.pages).set(page, entries),
    problem: null,
  };
}

/** So that the newest one is within, whether the manager's `until` is or not. */
const justAfter = (timestamp: string): string => new Date(Date.parse(timestamp) + 1).toISOString();
