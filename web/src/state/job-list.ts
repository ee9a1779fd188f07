/**
 * Jobs as a list, newest first or sorted, as far down as somebody looked. Its head is read anew when there may be others; what is deeper
 * stays, as long as nothing can be missing between the two.
 */
import type { JobRow } from '../../../protocol/job-views';
import type { ListReply } from '../../../protocol/jobs-http';

export interface JobList {
  readonly rows: readonly JobRow[];
  /** Where the next page begins; null = these are all. */
  readonly next: number | null;
  /** Has an answer come yet? */
  readonly isRead: boolean;
  /** The sentence of the last refusal; null = none. */
  readonly problem: string | null;
}
export const NO_JOBS: JobList = { rows: [], next: null, isRead: false, problem: null };

/** The newest page takes the place of everything that is as new as its last one. */
export function withHead(list: JobList, { jobs, next }: ListReply): JobList {
  const newest = list.rows[0];
  // The page ends above what is known here: there are others between the two.
  const isHole = newest === undefined || (next !== null && next > newest.order);
  if (next === null || isHole) return { rows: jobs, next, isRead: true, problem: null };
  return {
    rows: [...jobs, ...list.rows.filter(({ order }) => order < next)],
    next: list.next !== null && list.next > next ? next : list.next,
    isRead: true,
    problem: null,
  };
}

export const withMore = (list: JobList, { jobs, next }: ListReply): JobList => ({
  ...list,
  rows: [...list.rows, ...jobs.filter(({ order }) => order < (list.rows.at(-1)?.order ?? Infinity))],
  next,
  problem: null,
});

/** In an order other than newest first places change: what was read further down is read again when it is come to. */
export const withSortedHead = ({ jobs, next }: ListReply): JobList => ({
  rows: jobs,
  next,
  isRead: true,
  problem: null,
});

/** A job that changed its place between two pages is shown once, where it was found first. */
export function withSortedMore(list: JobList, { jobs, next }: ListReply): JobList {
  const known = new Set(list.rows.map(({ job_id: id }) => id));
  return { ...list, rows: [...list.rows, ...jobs.filter(({ job_id: id }) => !known.has(id))], next, problem: null };
}

/** Rows as they are now; those that are gone, or do not belong here any more, leave. The same list when nothing changed. */
export function withChanges(
  list: JobList,
  now: { readonly rows: ReadonlyMap<string, JobRow>; readonly gone: ReadonlySet<string> },
  belongs: (row: JobRow) => boolean,
): JobList {
  let isOther = false;
  const rows = list.rows.flatMap((before) => {
    const row = now.rows.get(before.job_id) ?? before;
    const stays = !now.gone.has(row.job_id) && (row === before || belongs(row));
    if (row !== before || !stays) isOther = true;
    return stays ? [row] : [];
  });
  return isOther ? { ...list, rows } : list;
}
