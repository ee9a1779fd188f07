/** What the page was told of jobs as they change: how many are in each state, and whole rows of those that it looks at. */
import type { JobCounts, JobRow } from '../../../protocol/job-views';
import type { JobsTick } from '../../../protocol/live';

export interface Board {
  /** Null = nothing was told yet. */
  readonly counts: JobCounts | null;
  /** `order` of the job that was submitted last. */
  readonly newest: number;
  /** Another one when a schedule is. */
  readonly schedules: number;
  /** Of those looked at: the ones that were told. */
  readonly rows: ReadonlyMap<string, JobRow>;
  readonly gone: ReadonlySet<string>;
  /** Rises with everything told. */
  readonly ticks: number;
}
export const NO_BOARD: Board = { counts: null, newest: 0, schedules: 0, rows: new Map(), gone: new Set(), ticks: 0 };

export function withTick(before: Board, { counts, newest, schedules, rows, gone }: JobsTick): Board {
  return {
    counts,
    newest,
    schedules,
    rows: rows.length === 0 ? before.rows : new Map([...before.rows, ...rows.map((row) => [row.job_id, row] as const)]),
    gone: gone.length === 0 ? before.gone : new Set([...before.gone, ...gone]),
    ticks: before.ticks + 1,
  };
}

/** Nobody looks at the others any more: what was told of them grows old. */
export const lookedAt = (before: Board, ids: ReadonlySet<string>): Board => ({
  ...before,
  rows: new Map([...before.rows].filter(([id]) => ids.has(id))),
  gone: new Set([...before.gone].filter((id) => ids.has(id))),
});

/** All that there are. */
export const totalOf = (counts: JobCounts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
