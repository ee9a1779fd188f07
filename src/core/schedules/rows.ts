/** What the manager remembers of a schedule. Its times are the wall's: a calendar is about nothing else. */
import type { JobId, JobSpec } from '../../../protocol/jobs';
import type { CatchUp, Overlap, ScheduleName } from '../../../protocol/schedules';

/** When it is to be, in the words of whoever gave it. */
export interface Times {
  readonly cron: string;
  /** IANA: `Europe/Berlin`. */
  readonly timeZone: string;
  /** Nothing is planned before, and nothing after; null = no such bound. */
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
}

/** As it is given, whole. */
export interface NewSchedule extends Times {
  readonly name: ScheduleName;
  readonly spec: JobSpec;
  /** Each of its jobs waits until somebody approves it. */
  readonly needsApproval: boolean;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  readonly isEnabled: boolean;
}

export interface Schedule extends NewSchedule {
  /** Who gave what it runs: its jobs are theirs. */
  readonly owner: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** What was planned up to here is decided, and never again. Moves in the transaction that submits. */
  readonly decidedToMs: number;
  /** Its newest job; null = none yet. */
  readonly last: Submission | null;
  /** The newest planned time at which nothing was submitted; null = none, or not since the last submission. */
  readonly left: Left | null;
  /** Since it was created: jobs, times at which one was not over, times at which the manager was away. */
  readonly submitted: number;
  readonly skipped: number;
  readonly missed: number;
}

export interface Submission {
  readonly job: JobId;
  readonly plannedAtMs: number;
  /** Kept here, for a job is forgotten sooner than its schedule's next time may come. Null = it is not over. */
  readonly end: {
    readonly state: 'completed' | 'failed' | 'cancelled';
    readonly why: string;
    readonly exitCode: number | null;
    readonly atMs: number;
  } | null;
}

export interface Left {
  readonly plannedAtMs: number;
  readonly why: string;
}
