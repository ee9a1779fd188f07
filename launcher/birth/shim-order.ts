/** What a shim is told of the run that it is to be the parent of, and what the launcher asks of one. */
import type { RunId } from '../../protocol/ids';
import type { BirthSteps } from '../core/birth-script';
import type { Birth } from './wanted';

export interface Order {
  readonly run: RunId;
  readonly bornAtMs: number;
  /** The run's directory, which has its id as its name: the cradle is moved there. */
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

/** As a shim that serves one run reads it (shim.ts). @param script the steps; empty = it has none but the program */
export const orderText = (order: Order, way: 'plain' | 'script', script = ''): string =>
  `${order.directory}\n${bornAt(order)}\n${order.cgroup ?? ''}\n${way}\n${script}`;

/** As one that serves many reads it: its directory and its cgroup are known to it. */
export const servedOrderText = (order: Omit<Order, 'directory'>, script: string): string =>
  `${order.run}\n${bornAt(order)}\n${script}`;

/** To one that serves many. */
export const LET_GO = '\n';
/** Its order stands in a file (`sprintScript`). */
export const SPRINT = 'sprint\n';

/** Seconds since the epoch, for WORKER_START_TIME. */
export const bornAt = ({ bornAtMs }: Pick<Order, 'bornAtMs'>): string => (bornAtMs / 1000).toFixed(3);
