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
const random12 = (): string => [...randomBytes(12)].map((byte) => BASE32[byte & 31]).join('');
