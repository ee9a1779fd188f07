/** A change in three words: what is asked, what is planned, and what was carried out. */
import type { FieldDifference, PlanAction } from '../../../protocol/definitions';
import type { CommandId, ProcessKey, ProcessName, WorkerId } from '../../../protocol/ids';
import type { ProcessSpec } from '../../../protocol/process-spec';
import type { Change } from './versions';

export interface Rollback {
  /** A process's key or name, or a set. */
  readonly name: string;
  readonly isSet: boolean;
  /** A version of a process; null = the one before. */
  readonly to: number | null;
}

/** One process: how it is, and how it is to be. */
export interface Planned {
  readonly key: ProcessKey;
  readonly worker: WorkerId;
  readonly name: ProcessName;
  readonly action: PlanAction;
  readonly before: ProcessSpec | null;
  /** Null = it goes. */
  readonly after: ProcessSpec | null;
  readonly fields: readonly FieldDifference[];
  /** Its place in the document, counted from 0; null = it is not in it. */
  readonly entry: number | null;
}

/** One process of a change that is under way. */
export interface CarriedOut {
  readonly planned: Planned;
  readonly notes: readonly string[];
  /** The last command for it, whose result says how it went; null = it is not touched. */
  readonly command: CommandId | null;
  readonly delivery: 'sent' | 'queued';
}

/** One entry for each process that was looked at, in the order of the plan. */
export interface Changed {
  /** Null = everything was so already. */
  readonly change: Change | null;
  readonly results: readonly CarriedOut[];
}
