/** What an attempt's own log says of how far it is: the newest line that matches, told at most once a second. */
import { statSync } from 'node:fs';
import { LIMITS } from '../../protocol/limits';
import { presentFrom } from '../output/account';
import { LineFollower } from '../probes/line-follower';
import { visible } from '../probes/trouble';

export interface Progress {
  /** 0..100; null = the line does not say. */
  readonly percent: number | null;
  readonly message: string | null;
}

const TELL_EVERY_MS = 1_000;
/** Of a run that an earlier launcher began, so much is read again for the newest line. */
const READ_AGAIN_BYTES = 64 * 1024;

export class ProgressWatch {
  readonly #followers: readonly LineFollower[];
  #newest: Progress | null = null;
  #timer: NodeJS.Timeout | null = null;
  #told = '';

  /**
   * @param pattern its first group is the percentage, the second, if any, a message
   * @param files what it writes to
   */
  constructor(
    pattern: RegExp,
    files: readonly string[],
    private readonly tell: (progress: Progress) => void,
  ) {
    const hear = (line: string): void => this.#hear(pattern.exec(visible(line)));
    this.#followers = files.map((file) => new LineFollower(file, beginOf(file), hear));
  }

  #hear(match: RegExpExecArray | null): void {
    if (match === null) return;
    this.#newest = progressOf(match);
    if (this.#timer === null) this.#tellNewest();
  }

  #tellNewest(): void {
    const newest = this.#newest;
    this.#newest = null;
    this.#timer = null;
    const text = JSON.stringify(newest);
    if (newest === null || text === this.#told) return;
    this.#told = text;
    this.tell(newest);
    this.#timer = setTimeout(() => this.#tellNewest(), TELL_EVERY_MS);
  }

  /** @param isOver nothing follows, so what was held back is told */
  release(isOver: boolean): void {
    for (const follower of this.#followers) follower.release();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (isOver) this.#tellNewest();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

export function progressOf([, percent, message]: readonly (string | undefined)[]): Progress {
  const number = percent === undefined || percent.trim() === '' ? NaN : Number(percent);
  return {
    percent: Number.isFinite(number) ? Math.min(100, Math.max(0, number)) : null,
    message: message === undefined ? null : message.slice(0, LIMITS.reasonCharsMax),
  };
}

function beginOf(file: string): number {
  try {
    return Math.max(presentFrom(file), statSync(file).size - READ_AGAIN_BYTES);
  } catch {
    return 0;
  }
}
