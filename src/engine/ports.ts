/** What the engine needs of the world. Stores and links implement these; main.ts joins them. */
import type { Effect } from '../core/commands';
import type { Definition } from '../core/definitions/versions';
import type { Command, Incident, Process, Recovery, Worker } from '../core/model';
import type { JobLimit } from '../core/jobs/load';
import type { Attempt, Job } from '../core/jobs/rows';
import type { Schedule } from '../core/schedules/rows';
import type { Account, Applicant, Token, User } from '../core/trust/rows';
import type { AuditRecord } from '../core/trust/words';
import type { EventView } from '../../protocol/views';
import type { AuditTrail } from './audit-port';

/** Monotonic within a life of the program, in ms since the epoch: a wall clock that jumps does not move it. */
export interface Clock {
  nowMs(): number;
  /** As the wall's clock is set now: for calendars alone. It may jump either way. */
  wallMs(): number;
}

export interface Counters {
  commandOrder: number;
  eventSeq: number;
  /** Of jobs and of their attempts; absent in older ledgers. */
  jobOrder?: number;
  jobEpoch?: number;
}

/** By their ids, each once; null = the row is gone. */
export type Rows<Row> = Iterable<readonly [id: string, row: Row | null]>;

/** One turn's rows. */
export interface LedgerBatch {
  readonly workers: Rows<Worker>;
  readonly processes: Rows<Process>;
  readonly definitions: Rows<Definition>;
  readonly commands: Rows<Command>;
  readonly recoveries: Rows<Recovery>;
  readonly incidents: Rows<Incident>;
  readonly users: Rows<User>;
  readonly tokens: Rows<Token>;
  readonly accounts: Rows<Account>;
  readonly applicants: Rows<Applicant>;
  readonly jobs: Rows<Job>;
  readonly attempts: Rows<Attempt>;
  readonly job_limits: Rows<JobLimit>;
  readonly schedules: Rows<Schedule>;
  readonly events: readonly EventView[];
  /** In order; numbered, dated and linked to those before by the store. */
  readonly audit: readonly AuditRecord[];
  readonly nowMs: number;
  readonly counters: Counters;
}

export interface LedgerContents {
  readonly workers: Worker[];
  readonly processes: Process[];
  readonly definitions: Definition[];
  readonly commands: Command[];
  readonly recoveries: Recovery[];
  readonly incidents: Incident[];
  readonly users: User[];
  readonly tokens: Token[];
  readonly accounts: Account[];
  readonly applicants: Applicant[];
  readonly jobs: Job[];
  readonly attempts: Attempt[];
  readonly jobLimits: JobLimit[];
  readonly schedules: Schedule[];
  readonly counters: Counters;
  /** Secrets that no key at hand opens (`API_KEY of w1/train`): in the rows they are still sealed. */
  readonly unopened: readonly string[];
}

export interface EventQuery {
  /** At most, newest kept. */
  readonly limit: number;
  /** Only those with a higher seq. */
  readonly after?: number;
  /** Only those with a lower seq (older pages). */
  readonly before?: number;
  readonly level?: EventView['level'];
  readonly worker?: string;
  readonly process?: string;
}

/** The durable mirror of the model. One conformance suite for every implementation (tests/stores). */
export interface Ledger {
  load(): LedgerContents;
  /** Durable when it returns: all rows of the batch or none. */
  commit(batch: LedgerBatch): void;
  /** Oldest first. */
  events(query: EventQuery): EventView[];
  /** What was committed as `audit`. */
  readonly audit: AuditTrail;
  close(): void;
}

/** Carries effects to launchers. */
export interface LinkOut {
  deliver(effect: Effect): void;
}

export interface Journal {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
