/** The parts of an explanation, and what those who compose it look at. */
import type { Explanation, EventView } from '../../../protocol/views';
import type { Model, Process } from '../model';
import type { CoreSettings } from '../settings';

export type CauseKind = Explanation['cause_kind'];
export type Evidence = Explanation['evidence'][number];
export type Behind = Explanation['behind'][number];

/** Why something is as it is, and what follows. What is left out is empty, or null. */
export interface Account {
  readonly kind: CauseKind;
  /** One sentence. */
  readonly cause: string;
  /** Who or what: `operator 10.0.0.7`, `the kernel`, `the program`. */
  readonly by: string;
  readonly next?: Explanation['next'];
  /** Beside what is told of every process (evidence.ts). */
  readonly evidence?: readonly Evidence[];
  /** Keys of processes whose own accounts lie behind this one. */
  readonly behindIt?: readonly string[];
  /** Command lines, beside those of every process in this state. */
  readonly advice?: readonly string[];
}

export interface Look {
  readonly model: Model;
  readonly settings: CoreSettings;
  readonly nowMs: number;
}

export interface ProcessLook extends Look {
  readonly process: Process;
  /** Of this process, oldest first; the newest few are enough. */
  readonly events: readonly EventView[];
}

/** What a worker's launcher said last. A lost worker's word is still its last word. */
export const stateOf = ({ actual }: Process): string =>
  actual.via === 'launcher'
    ? actual.report.state.kind
    : actual.report.status === 'registered'
      ? 'stopped'
      : actual.report.status;
