/** Reading forward: a stream's bytes in blocks, as they lie or cut at line ends. */
import { StoredReader } from './stored-reader';
import { stretches, type StoredBytes } from './stored-bytes';

/** One read. Small enough for hundreds of readers at once, large enough that the system call does not count. */
const READ_BYTES = 256 * 1024;
/** One read of a search. */
const SEARCH_BYTES = 1024 * 1024;
/** A longer line is looked at in pieces of this length, so that a file without a line feed needs no more memory. */
export const LINE_BYTES_MAX = 4 * 1024 * 1024;

export const LINE_FEED = 0x0a;

export interface Block {
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * The bytes stored of [from, to), each block the receiver's to keep; what is missing is left out. Ends early when a
 * clear or retention takes the bytes away meanwhile.
 */
export async function* blocks(file: StoredBytes, from: number, to: number): AsyncGenerator<Block> {
  const reader = new StoredReader(file);
  try {
    for (const stretch of stretches(file, from, to))
      for (let at = stretch.from; at < stretch.to && at >= file.begin;) {
        const size = Math.min(READ_BYTES, stretch.to - at);
        const bytes = await reader.read(Buffer.allocUnsafeSlow(size), at, size);
        if (bytes.length === 0 || at < file.begin) return;
        yield { offset: at, bytes };
        at += bytes.length;
      }
  } finally {
    await reader.close();
  }
}

/**
 * The same in blocks of whole lines; a gap ends a line. A block is good only until the next is asked for. The unfinished
 * line at a block's end is read again with the next one: cheaper than carrying it over, and nothing to get wrong.
 */
export async function* lineBlocks(file: StoredBytes, from: number, to: number): AsyncGenerator<Block> {
  const reader = new StoredReader(file);
  try {
    let buffer = Buffer.allocUnsafeSlow(SEARCH_BYTES);
    for (const stretch of stretches(file, from, to))
      for (let at = stretch.from; at < stretch.to && at >= file.begin;) {
        const read = await reader.read(buffer, at, Math.min(buffer.length, stretch.to - at));
        if (read.length === 0 || at < file.begin) return;
        const isLast = at + read.length >= stretch.to;
        const end = isLast ? read.length : read.lastIndexOf(LINE_FEED) + 1;
        if (end === 0 && buffer.length < LINE_BYTES_MAX) {
          buffer = Buffer.allocUnsafeSlow(LINE_BYTES_MAX);
          continue;
        }
        const bytes = read.subarray(0, end || read.length);
        yield { offset: at, bytes };
        at += bytes.length;
      }
  } finally {
    await reader.close();
  }
}
