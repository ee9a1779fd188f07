/** What a shim is told of the run that it is to be the parent of, and what the launcher asks of one. */
import type { RunId } from '../../protocol/ids';
import type { BirthSteps } from '../core/birth-script';
import type { Birth } from './wanted';

export interface Order {
  readonly run: RunId;
  readonly bornAtMs: number;
  /** The run's directory: the cradle is moved there. */
  readonly directory: string;
  /** The cgroup that keeps its tree together; null = none. */
  readonly cgroup: string | null;
  readonly steps: BirthSteps;
}

/** One that was made, or taken, for one run. */
export interface Shim {
  readonly birth: Birth;
  /** Where all that it forks is born; null = nowhere of its own. */
  readonly cgroup: string | null;
  /** Makes it the shim of this run. @param opened called when the directory is in place and before the shim is told */
  begin(order: Order, opened: () => void, onFailure: (error: NodeJS.ErrnoException) => void): void;
  /** It is not needed after all. */
  drop(): void;
  /** Nothing is left of its run. */
  done(): void;
}

/** As the shim's script reads it (shim.ts). @param script the steps; empty = it has none but the program */
export function orderText(
  { directory, run, bornAtMs, cgroup }: Order,
  way: 'plain' | 'script' | 'served',
  script = '',
): string {
  /** Seconds since the epoch, for WORKER_START_TIME. */
  const bornAt = (bornAtMs / 1000).toFixed(3);
  return `${directory}\n${run}\n${bornAt}\n${cgroup ?? ''}\n${way}\n${script}`;
}
