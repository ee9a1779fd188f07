/** What a shim is told of the run that it is to be the parent of, and what the launcher asks of one. */
import type { BirthSteps } from '../core/birth-script';
import type { Birth } from './wanted';

export interface Order {
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

/** As a shim that serves one run reads it (shim.ts). @param script the steps; empty = it has none but the program */
export const orderText = (order: Order, way: 'plain' | 'script', script = ''): string =>
  `${whereAndWhen(order)}${order.cgroup ?? ''}\n${way}\n${script}`;

/** As one that serves many reads it: its cgroup is known to it. */
export const servedOrderText = (order: Order, script: string): string => `${whereAndWhen(order)}${script}`;

/** The directory has the run's id as its name; the time is seconds since the epoch, for WORKER_START_TIME. */
const whereAndWhen = ({ directory, bornAtMs }: Order): string => `${directory}\n${(bornAtMs / 1000).toFixed(3)}\n`;
