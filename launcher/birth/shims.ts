/** Which shim a birth gets: one that serves many, where one is waiting and can serve it, or one of its own. */
import type { Machine } from '../process/machine';
import type { CradlePool } from '../store/cradle-pool';
import { birthOf } from './birth';
import type { Shim } from './shim-order';
import type { ShimPool } from './shim-pool';
import { WaitingShim } from './waiting-shim';
import type { Birth, Wanted } from './wanted';

export interface ShimMakings {
  readonly machine: Machine;
  /** The shim's script. */
  readonly shim: string;
  readonly cradles: CradlePool;
  /** Of those that serve one run after another; null = each has its own. */
  readonly shims: ShimPool | null;
}

/** Throws where none can be made; CannotBeBorn where the definition is at fault. */
export function shimFor(wanted: Wanted, makings: ShimMakings): Shim {
  const birth = birthOf(wanted, makings.machine);
  return makings.shims?.take(birth) ?? waiting(birth, makings);
}

/** One that waits for its run. Throws as `shimFor`. */
export const makeShim = (wanted: Wanted, makings: ShimMakings): WaitingShim =>
  waiting(birthOf(wanted, makings.machine), makings);

const waiting = (birth: Birth, { machine, shim, cradles }: ShimMakings): WaitingShim =>
  new WaitingShim({ script: shim, bootId: machine.bootId, birth }, cradles);
