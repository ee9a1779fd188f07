/**
 * What an attempt's own log says of how far it is: the newest line that matches, looked for at most once a second.
 *
 * The expression is a stranger's, and one that goes back and forth for hours would hold up everything that this launcher
 * keeps. So it is tried on a bounded number of lines at a time, within a time, and not again when that was not enough.
 */
import { statSync } from 'node:fs';
import { createContext, Script, type Context } from 'node:vm';
import { LIMITS } from '../../protocol/limits';
import { presentFrom } from '../output/account';
import { LineFollower } from '../probes/line-follower';
import { visible } from '../probes/trouble';

export interface Progress {
  /** 0..100; null = the line does not say. */
  readonly percent: number | null;
  readonly message: string | null;
}

export interface ProgressNews {
  readonly progress: (progress: Progress) => void;
  /** It is not looked for any more. */
  readonly trouble: (why: string) => void;
}

const LOOK_EVERY_MS = 1_000;
/** The newest lines of a second, and so much of each. */
const LINES_MAX = 200;
const LINE_CHARS_MAX = 2_000;
/** For all lines of a look, by the wall: a loaded machine takes its time over an honest one. */
const PATIENCE_MS = 1_000;
/** Of that time the launcher has worked at least so much; else it was kept from working, and the expression is tried again. */
const WORK_MS = 200;
const TRIES_MAX = 3;
/** Of a run that an earlier launcher began, so much is read again for the newest line. */
const READ_AGAIN_BYTES = 64 * 1024;

export class ProgressWatch {
  readonly #followers: readonly LineFollower[];
  #lines: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #told = '';

  /**
   * @param pattern its first group is the percentage, the second, if any, a message
   * @param files what it writes to
   */
  constructor(
    private readonly pattern: string,
    files: readonly string[],
    private readonly news: ProgressNews,
  ) {
    this.#followers = files.map((file) => new LineFollower(file, beginOf(file), (line) => this.#hear(line)));
  }

  #hear(line: string): void {
    if (this.#lines.length === LINES_MAX) this.#lines.shift();
    this.#lines.push(visible(line).slice(0, LINE_CHARS_MAX));
    if (this.#timer === null) this.#look();
  }

  #look(): void {
    const lines = this.#lines;
    this.#lines = [];
    this.#timer = null;
    if (lines.length === 0) return;
    this.#timer = setTimeout(() => this.#look(), LOOK_EVERY_MS);
    try {
      this.#tell(newestMatch(this.pattern, lines));
    } catch (error) {
      this.release(false);
      this.news.trouble(`its progress is not looked for any more: /${this.pattern}/: ${(error as Error).message}`);
    }
  }

  #tell(match: readonly (string | undefined)[] | null): void {
    const progress = match === null ? null : progressOf(match);
    const text = JSON.stringify(progress);
    if (progress === null || text === this.#told) return;
    this.#told = text;
    this.news.progress(progress);
  }

  /** @param isOver nothing follows, so what was not looked at yet is */
  release(isOver: boolean): void {
    for (const follower of this.#followers) follower.release();
    if (isOver) this.#look();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const SEARCH = new Script(`(() => {
  const expression = new RegExp(pattern);
  for (let i = lines.length - 1; i >= 0; i--) {
    const match = expression.exec(lines[i]);
    if (match !== null) return JSON.stringify([...match]);
  }
  return 'null';
})()`);
let context: Context | null = null;

/** @throws where the expression is none, or took too long */
export function newestMatch(pattern: string, lines: readonly string[]): (string | undefined)[] | null {
  context ??= createContext({});
  Object.assign(context, { pattern, lines });
  const found = JSON.parse(search(context)) as (string | null)[] | null;
  return found?.map((group) => group ?? undefined) ?? null;
}

function search(within: Context, triesLeft = TRIES_MAX - 1): string {
  const before = process.cpuUsage();
  try {
    return SEARCH.runInContext(within, { timeout: PATIENCE_MS }) as string;
  } catch (error) {
    const { user, system } = process.cpuUsage(before);
    const isHeldUp = (error as NodeJS.ErrnoException).code === TIMED_OUT && (user + system) / 1000 < WORK_MS;
    if (!isHeldUp || triesLeft === 0) throw error;
    return search(within, triesLeft - 1);
  }
}

const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

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
