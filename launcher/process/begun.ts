/** What is known of a run by whoever keeps it from now on, and did not begin it. */
import type { RunId } from '../../protocol/ids';
import type { ProcessIdentity } from '../../protocol/process-state';
import type { Shim } from '../birth/shim-order';
import type { Birth } from '../birth/wanted';
import type { ProcStat } from '../core/proc-stat';

/** A run that was begun without anybody who keeps it (launcher/sprint). */
export interface Begun {
  readonly run: RunId;
  readonly birth: Birth;
  readonly shim: Pick<Shim, 'cgroup' | 'done'>;
  /** What was heard of it. */
  readonly child: ProcStat | null;
  readonly status: number | null;
  /** The machine's count when it began; null = not known. */
  readonly memoryKills: number | null;
  /** Moves its directory to where it belongs. Throws where it cannot be. */
  readonly settle: (path: string) => void;
}

/** By a launcher that was ended since. `born`: it was, and as whom is not remembered. `unknown`: it may not have been born yet. */
export type KnownBirth = ProcessIdentity | 'born' | 'unknown';
