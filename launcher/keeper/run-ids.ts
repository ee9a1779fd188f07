/** Mints run ids that sort by birth, also when the wall clock was set back since the last one. */
import { randomBytes } from 'node:crypto';
import { runBornAtMs, runIdOf, type RunId } from '../../protocol/ids';

export class RunIds {
  #lastBornAtMs = 0;

  /** Every id from now on sorts behind this one. */
  seen(run: RunId): void {
    this.#lastBornAtMs = Math.max(this.#lastBornAtMs, runBornAtMs(run));
  }

  next(nowMs: number): RunId {
    return runIdOf(Math.max(nowMs, this.#lastBornAtMs + 1), random12());
  }
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const CHARACTERS = 12;

/** Asked of the system for many at once: each time costs more than all that is done with them. */
let pool = Buffer.alloc(0);

function random12(): string {
  if (pool.length < CHARACTERS) pool = randomBytes(CHARACTERS * 64);
  let text = '';
  for (const byte of pool.subarray(0, CHARACTERS)) text += BASE32[byte & 31];
  pool = pool.subarray(CHARACTERS);
  return text;
}
