/**
 * The next shim of a process that restarts without delay, made while the present run lives. 1.7 MB for a restart in a third
 * of the time; where a delay is configured nobody would notice, so there it is not done.
 */
import type { ProcessSpec } from '../../protocol/process-spec';
import type { Wanted } from '../birth/wanted';
import { makeShim, type ShimMakings } from '../birth/shims';
import type { WaitingShim } from '../birth/waiting-shim';

/** Up to this first delay. */
const DELAY_MAX_MS = 20;

export class Standby {
  #ready: { readonly shim: WaitingShim; readonly spec: ProcessSpec } | null = null;
  #planned: NodeJS.Immediate | null = null;

  constructor(private readonly around: ShimMakings) {}

  /** A run is up: makes the next shim, when the present turn is over. */
  prepare(wanted: Wanted): void {
    const { spec, rules } = wanted;
    if (rules !== null) return;
    const { delayMs, when, maxRestarts } = spec.restart;
    if (delayMs > DELAY_MAX_MS || when === 'never' || maxRestarts === 0 || this.#ready?.spec === spec) return;
    this.drop();
    this.#planned = setImmediate(() => {
      try {
        const shim = makeShim(wanted, this.around);
        if (shim.birth.keeps) this.#ready = { shim, spec };
        else shim.drop();
      } catch {
        // Too little of something, or its definition is at fault by now. The restart itself will say so, if it still is.
      }
    });
  }

  /** The one that waits for this definition; null = none, or it is gone. Under rules each birth is judged by itself. */
  take({ spec, rules }: Wanted): WaitingShim | null {
    const ready = this.#ready;
    if (ready === null || ready.spec !== spec || rules !== null || !ready.shim.isWaiting) {
      this.drop();
      return null;
    }
    this.#ready = null;
    return ready.shim;
  }

  /** The process is not to run again, or differently. */
  drop(): void {
    if (this.#planned !== null) clearImmediate(this.#planned);
    this.#ready?.shim.drop();
    this.#ready = null;
  }
}
