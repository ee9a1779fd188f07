/** A run as its probes see it. */
import type { CommandLine } from '../../protocol/command-line';
import type { Clock } from '../clock';
import type { ProbeCommand } from './ask-exec';
import type { OutputLines } from './output-lines';

export interface ProbedRun {
  /** Files that its output is appended to: one, or two where it is split. */
  readonly outputs: readonly string[];
  /** When it came up, by the launcher's clock. */
  readonly upSinceMs: number;
  readonly isReady: boolean;
  /** An earlier launcher gave birth to it. */
  readonly isAdopted: boolean;
  /** A command as this process would run it: its directory, environment and identity. Null = it may not be run now. */
  readonly commandOf: (line: CommandLine) => ProbeCommand | null;
  /** CPU time of its whole tree so far; any unit, only its change counts. Null = cannot be told. */
  readonly cpuTime: () => Promise<number | null>;
}

/** What every probe of one run works with. */
export interface ProbeWork {
  readonly run: ProbedRun;
  readonly lines: OutputLines;
  readonly clock: Clock;
}

/** Why a run is not well: a sentence, and a clause that it is known by. */
export interface Verdict {
  readonly why: string;
  readonly evidence: string;
}
