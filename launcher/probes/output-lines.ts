/**
 * The lines of one run's output, read once for all of its probes, and only while one of them listens.
 *
 * Where reading begins is what makes a launcher's absence harmless. A ready probe reads from the first byte until it has
 * matched. Alive probes read from where they began to judge, which is noted beside the output when it is not its begin;
 * a launcher that adopts the run reads from there again, so that no line is missed that was written while nobody was
 * there. A line that was judged before has ended the run already, or is a warning that still holds. At most the last
 * 16 MB are read again.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { presentFrom } from '../output/account';
import { LineFollower } from './line-follower';

const READ_AGAIN_BYTES_MAX = 16 * 1024 * 1024;

export type FromWhere =
  /** The first byte that is still there. */
  | 'begin'
  /** What is written from now on. */
  | 'now'
  /** Where an earlier launcher began to judge; without its note, what is written from now on. */
  | 'noted'
  /** The same, where no note means the first byte. */
  | 'noted-or-begin';

export class OutputLines {
  readonly #listeners = new Set<(line: string) => void>();
  #followers: readonly LineFollower[] = [];

  /** @param files what the run appends to */
  constructor(private readonly files: readonly string[]) {}

  /** Who joins others hears what they hear from then on. @returns how to stop listening */
  listen(from: FromWhere, listener: (line: string) => void): () => void {
    const isFirst = this.#listeners.size === 0;
    this.#listeners.add(listener);
    if (isFirst) this.#followers = this.files.map((file) => this.#follow(file, offsetOf(file, from)));
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.release();
    };
  }

  #follow(file: string, offset: number): LineFollower {
    return new LineFollower(file, offset, (line) => {
      // Who begins to listen because of this line hears the next one first.
      for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(line);
    });
  }

  /** From here on lines are judged: written down for a launcher that comes after this one. */
  noteWhere(): void {
    this.files.forEach((file, i) => {
      try {
        writeFileSync(noteOf(file), String(this.#followers[i]?.offset ?? sizeOf(file)));
      } catch {
        // A full disk: the next launcher then judges what is written from its own begin on.
      }
    });
  }

  release(): void {
    this.#listeners.clear();
    for (const follower of this.#followers) follower.release();
    this.#followers = [];
  }
}

function offsetOf(file: string, from: FromWhere): number {
  const size = sizeOf(file);
  if (from === 'now') return size;
  const present = presentFrom(file);
  if (from === 'begin') return present;
  const judgedFrom = readNote(file) ?? (from === 'noted' ? size : 0);
  return Math.max(judgedFrom, size - READ_AGAIN_BYTES_MAX, present);
}

const noteOf = (file: string): string => `${file}.judged-from`;

function readNote(file: string): number | null {
  try {
    const offset = Number(readFileSync(noteOf(file), 'latin1'));
    return Number.isSafeInteger(offset) && offset >= 0 ? offset : null;
  } catch {
    return null;
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

/** Bytes that a run has written so far. */
export const bytesOf = (files: readonly string[]): number => files.reduce((sum, file) => sum + sizeOf(file), 0);
