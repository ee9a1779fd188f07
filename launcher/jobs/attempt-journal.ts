/**
 * The journal of attempts: one line for each thing that must not be forgotten, whole or not at all. Written to the kernel
 * at once, so that a launcher that is killed loses nothing; on the disk when `durable` resolves, so that a power cut does
 * not either, and soon in any case. Many that wait share one flush: a hundred jobs in a moment cost what one does.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { AttemptEntry } from '../core/jobs/attempt-rows';
import type { Log } from '../logging';
import { discard } from '../store/discard';
import { flushDirectory } from '../store/durable-file';

/** Beyond this, and when most of it is over, it is written anew with what still counts. */
const JOURNAL_BYTES_MAX = 4 * 1024 * 1024;
const AGAIN_MS = 1_000;
const SOON_MS = 100;

/** A line that was cut short does not exist. */
export function readAttemptJournal(file: string): AttemptEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => parsed(line) ?? []);
}

function parsed(line: string): AttemptEntry | null {
  try {
    return AttemptEntry.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

export class AttemptJournal {
  #fd: number | null = null;
  #bytes = 0;
  /** Lines that the disk refused, oldest first. */
  #unwritten: string[] = [];
  readonly #waiting: (() => void)[] = [];
  #isFlushing = false;
  #again: NodeJS.Timeout | null = null;
  #soon: NodeJS.Timeout | null = null;
  #isTroubled = false;

  constructor(
    private readonly file: string,
    /** All that still counts, for writing it anew. */
    private readonly now: () => readonly AttemptEntry[],
    private readonly log: Log,
  ) {}

  append(entry: AttemptEntry): void {
    this.#unwritten.push(`${JSON.stringify(entry)}\n`);
    this.#write();
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.durable();
    }, SOON_MS).unref();
  }

  /** The disk refused the newest lines. */
  get isBehind(): boolean {
    return this.#unwritten.length > 0;
  }

  /** Resolves when all that was appended before is on the disk; on a full one, when there is room again. */
  durable(): Promise<void> {
    if (this.#fd === null && this.#unwritten.length === 0 && !existsSync(this.file)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      void this.#flush();
    });
  }

  #write(): boolean {
    try {
      const fd = (this.#fd ??= this.#open());
      const bytes = Buffer.from(this.#unwritten.join(''));
      const written = bytes.length === 0 ? 0 : writeSync(fd, bytes);
      this.#bytes += written;
      // What was cut short is written whole behind it.
      if (written < bytes.length) throw new Error('the disk is full');
      this.#unwritten = [];
    } catch (error) {
      this.#troubled((error as Error).message);
      return false;
    }
    if (this.#isTroubled) this.log('info', 'the journal of jobs is written again');
    this.#isTroubled = false;
    return true;
  }

  #open(): number {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    const fd = openSync(this.file, 'a', 0o600);
    this.#bytes = fstatSync(fd).size;
    if (this.#bytes === 0) flushDirectory(dirname(this.file));
    // The last line of a launcher that was killed may be cut short.
    else this.#bytes += writeSync(fd, '\n');
    return fd;
  }

  #troubled(why: string): void {
    if (!this.#isTroubled)
      this.log(
        'error',
        `the journal of jobs could not be written (${why}); no job begins before it can; trying every second`,
      );
    this.#isTroubled = true;
    // A line that was cut short must not swallow the next one.
    if (this.#unwritten[0]?.startsWith('\n') === false) this.#unwritten[0] = `\n${this.#unwritten[0]}`;
    this.#again ??= setTimeout(() => {
      this.#again = null;
      if (this.#write()) void this.#flush();
    }, AGAIN_MS);
  }

  async #flush(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    while (this.#waiting.length > 0 && this.#unwritten.length === 0) {
      // What an earlier launcher wrote is not known to be on the disk.
      if (this.#fd === null && !this.#write()) break;
      const fd = this.#fd;
      if (fd === null) break;
      const served = this.#waiting.splice(0);
      const failed = await new Promise<Error | null>((done) => fdatasync(fd, done));
      if (failed !== null) {
        this.#waiting.unshift(...served);
        this.#troubled(failed.message);
        break;
      }
      if (this.#bytes > JOURNAL_BYTES_MAX && this.#beginAnew()) served.push(...this.#waiting.splice(0));
      for (const resolve of served) resolve();
    }
    this.#isFlushing = false;
  }

  /** By rename, so that there is a whole journal at any moment. Never while it is flushed: its descriptor goes. */
  #beginAnew(): boolean {
    const draft = `${this.file}.t`;
    try {
      const fd = openSync(draft, 'w', 0o600);
      try {
        const lines = this.now().map((entry) => `${JSON.stringify(entry)}\n`);
        const bytes = Buffer.from(lines.join(''));
        if (writeSync(fd, bytes) < bytes.length) throw new Error('the disk is full');
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(draft, this.file);
      // Whatever fails from here on: nothing more is written to the one that has no name any more.
      if (this.#fd !== null) closeSync(this.#fd);
      this.#fd = null;
      flushDirectory(dirname(this.file));
      return true;
    } catch (error) {
      this.#bytes = 0; // tried again when it has grown by as much
      discard(draft); // half of one would take the room that the next lines need
      this.log('warn', `the journal of jobs could not be made shorter: ${(error as Error).message}`);
      return false;
    }
  }

  close(): void {
    if (this.#again !== null) clearTimeout(this.#again);
    this.#again = null;
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#soon = null;
    if (this.#fd !== null && !this.#isFlushing) closeSync(this.#fd);
    this.#fd = null;
  }
}
