/**
 * The book of the local queue on the disk: a line for each change, and the last one of a task counts. One write and one flush
 * for a change, where a file for each task would take three flushes; a launcher killed in the middle of a line leaves the
 * lines before it.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { flushDirectory, writeDurably } from '../store/durable-file';

/** Rewritten when it is longer, and four times as long as when it was rewritten last. */
const LONG_BYTES = 4 * 2 ** 20;

export class TaskJournal {
  #fd: number | null = null;
  #bytes = 0;
  #bytesWhenWhole = 0;

  constructor(private readonly file: string) {}

  /** In the order of writing. What cannot be read (cut short, or of nobody knows what) is left out and counted. */
  load(): { readonly lines: readonly unknown[]; readonly unreadable: number } {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch {
      return { lines: [], unreadable: 0 };
    }
    const written = text.split('\n').filter((line) => line !== '');
    const lines = written.flatMap((line) => parsed(line));
    return { lines, unreadable: written.length - lines.length };
  }

  /** On the disk when it returns. Throws where the disk refuses, and then it is as if it had not been written. */
  append(line: unknown): void {
    const fd = (this.#fd ??= this.#open());
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      if (writeSync(fd, bytes) < bytes.length) throw new Error('the disk is full');
      fsyncSync(fd);
    } catch (error) {
      ftruncateSync(fd, this.#bytes);
      throw error;
    }
    this.#bytes += bytes.length;
  }

  get isLong(): boolean {
    return this.#bytes > Math.max(LONG_BYTES, 4 * this.#bytesWhenWhole);
  }

  /** Begins anew with these. Throws where the disk refuses, and then nothing changed. */
  rewrite(lines: readonly unknown[]): void {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    writeDurably(this.file, text);
    this.close();
    this.#bytes = this.#bytesWhenWhole = Buffer.byteLength(text);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #open(): number {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    const fd = openSync(this.file, 'a', 0o600);
    this.#bytes = fstatSync(fd).size;
    if (this.#bytes > 0 && !endsWithNewline(this.file)) this.#bytes += writeSync(fd, '\n');
    flushDirectory(dirname(this.file));
    return fd;
  }
}

/** A launcher that was killed in the middle of a line left it without its end. */
const endsWithNewline = (file: string): boolean => readFileSync(file).at(-1) === NEWLINE;
const NEWLINE = 10;

function parsed(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
