/**
 * The first bytes of an output file as they were, to know a file that was emptied and written anew: its length alone does
 * not tell it from one that was cut in its middle, nor, once it is long enough, from one that nobody touched.
 */
import { read } from 'node:fs';
import { promisify } from 'node:util';

const readFile = promisify(read);

/** A few lines: a program that begins to write again seldom writes the very same. */
const HEAD_BYTES = 1024;
const UNKNOWN = Buffer.alloc(0);
/** What a hole reads as. */
const FREED = Buffer.alloc(HEAD_BYTES);
const LINE_FEED = 0x0a;

export class Head {
  #was: Buffer = UNKNOWN;

  /** @param size of the file */
  async learn(fd: number, size: number): Promise<void> {
    const known = this.#was;
    const length = Math.min(HEAD_BYTES, size);
    if (known.length >= length) return;
    const is = await bytesAt(fd, length);
    // Unless it was freed meanwhile.
    if (this.#was === known) this.#was = is;
  }

  /** More of it can be learned, and what is known of it may be no more. */
  isGrowing(size: number): boolean {
    return this.#was.length > 0 && this.#was.length < Math.min(HEAD_BYTES, size);
  }

  forget(): void {
    this.#was = UNKNOWN;
  }

  freed(): void {
    this.#was = FREED;
  }

  /** Where what is new in the file begins; null = its head is as it was, or was never known. */
  async newFrom(fd: number): Promise<number | null> {
    const was = this.#was;
    if (was.length === 0) return null;
    const is = await bytesAt(fd, was.length);
    return this.#was === was ? newFrom(was, is) : null;
  }
}

async function bytesAt(fd: number, size: number): Promise<Buffer> {
  const { buffer, bytesRead } = await readFile(fd, Buffer.alloc(size), 0, size, 0);
  return buffer.subarray(0, bytesRead);
}

/** The beginning of the first line that differs: lines that begin with the time begin alike. Pure. */
export function newFrom(was: Uint8Array, is: Uint8Array): number | null {
  const first = is.findIndex((byte, i) => i < was.length && byte !== was[i]);
  if (first === -1) return null;
  let from = first;
  // Nor are the zeros of a hole a line's beginning.
  while (from > 0 && is[from - 1] !== LINE_FEED && is[from - 1] !== 0) from -= 1;
  return from;
}
