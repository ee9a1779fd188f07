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
 * The same in blocks of whole lines; a gap ends a line. A block is good only until the next is asked for, and the one after
 * it is read meanwhile. The unfinished line at a block's end is read again with the next one: cheaper than carrying it over,
 * and nothing to get wrong.
 */
export async function* lineBlocks(file: StoredBytes, from: number, to: number): AsyncGenerator<Block> {
  const reader = new StoredReader(file);
  let size = SEARCH_BYTES;
  let buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const;
  let ahead: Promise<Buffer> | null = null;
  try {
    for (const stretch of stretches(file, from, to)) {
      const read = (at: number): Promise<Buffer> => reader.read(buffers[0], at, Math.min(size, stretch.to - at));
      ahead = null;
      for (let at = stretch.from; at < stretch.to && at >= file.begin;) {
        const bytes: Buffer = await (ahead ?? read(at));
        ahead = null;
        if (bytes.length === 0 || at < file.begin) return;
        const end = at + bytes.length >= stretch.to ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
        if (end === 0 && size < LINE_BYTES_MAX) {
          size = LINE_BYTES_MAX;
          buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)];
          continue;
        }
        const block = { offset: at, bytes: bytes.subarray(0, end || bytes.length) };
        at += block.bytes.length;
        buffers = [buffers[1], buffers[0]];
        if (at < stretch.to) ahead = read(at);
        // Its failure is whose turn it is next; until then nobody waits for it.
        ahead?.catch(() => undefined);
        yield block;
      }
    }
  } finally {
    // Not under a read: the descriptor's number could be another file's before it happens.
    await ahead?.catch(() => undefined);
    await reader.close();
  }
}
