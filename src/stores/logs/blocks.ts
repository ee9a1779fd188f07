/** Reading forward: a run's bytes in blocks, as they lie or cut at line ends. */
import { open, type FileHandle } from 'node:fs/promises';
import type { StoredFile } from './catalogue';

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

/** Bytes [from, to), each block the receiver's to keep. Ends early when a clear takes the bytes away meanwhile. */
export async function* blocks(file: StoredFile, from: number, to: number): AsyncGenerator<Buffer> {
  const handle = await openForReading(file, from, to);
  if (!handle) return;
  try {
    for (let at = from; at < to && at >= file.begin;) {
      const size = Math.min(READ_BYTES, to - at);
      const bytes = await readAt(handle, Buffer.allocUnsafeSlow(size), at, size);
      if (bytes.length === 0 || at < file.begin) return;
      yield bytes;
      at += bytes.length;
    }
  } finally {
    await handle.close();
  }
}

/**
 * Bytes [from, to) in blocks of whole lines. A block is good only until the next is asked for. The unfinished line at
 * a block's end is read again with the next one: cheaper than carrying it over, and nothing to get wrong.
 */
export async function* lineBlocks(file: StoredFile, from: number, to: number): AsyncGenerator<Block> {
  const handle = await openForReading(file, from, to);
  if (!handle) return;
  try {
    let buffer = Buffer.allocUnsafeSlow(SEARCH_BYTES);
    for (let at = from; at < to && at >= file.begin;) {
      const read = await readAt(handle, buffer, at, Math.min(buffer.length, to - at));
      if (read.length === 0 || at < file.begin) return;
      const isLast = at + read.length >= to;
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
    await handle.close();
  }
}

/** Null = there is nothing to read: the range is empty, or the run was forgotten after somebody listed it. */
export async function openForReading(file: StoredFile, from: number, to: number): Promise<FileHandle | null> {
  if (from >= to) return null;
  try {
    return await open(file.paths.log, 'r');
  } catch (error) {
    if (file.gone) return null;
    throw error;
  }
}

/** Fills the buffer's first `size` bytes; shorter only where the file ends. */
export async function readAt(handle: FileHandle, buffer: Buffer, position: number, size: number): Promise<Buffer> {
  let have = 0;
  while (have < size) {
    const { bytesRead } = await handle.read(buffer, have, size - have, position + have);
    if (bytesRead === 0) break;
    have += bytesRead;
  }
  return buffer.subarray(0, have);
}
