/** What a turn has changed. */
import type { CommandId, ProcessKey, WorkerId } from '../../protocol/ids';
import type { AttemptId, JobId } from '../../protocol/jobs';
import type { AccountId, TokenId, UserId } from './trust/rows';

/** Rows a turn has changed: what the ledger writes and the feed tells. */
export interface Touched {
  readonly workers: Set<WorkerId>;
  readonly processes: Set<ProcessKey>;
  readonly definitions: Set<ProcessKey>;
  readonly commands: Set<CommandId>;
  readonly recoveries: Set<string>;
  readonly incidents: Set<string>;
  readonly users: Set<UserId>;
  readonly tokens: Set<TokenId>;
  readonly accounts: Set<AccountId>;
  readonly applicants: Set<string>;
  readonly jobs: Set<JobId>;
  readonly attempts: Set<AttemptId>;
  /** Scopes. */
  readonly jobLimits: Set<string>;
  /** Names. */
  readonly schedules: Set<string>;
}
export const nothingTouched = (): Touched => ({
  workers: new Set(),
  processes: new Set(),
  definitions: new Set(),
  commands: new Set(),
  recoveries: new Set(),
  incidents: new Set(),
  users: new Set(),
  tokens: new Set(),
  accounts: new Set(),
  applicants: new Set(),
  jobs: new Set(),
  attempts: new Set(),
  jobLimits: new Set(),
  schedules: new Set(),
});
