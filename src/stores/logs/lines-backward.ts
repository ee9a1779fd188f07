/** Reading backward: the last lines of a stream without the rest of it. */
import { LINE_BYTES_MAX, LINE_FEED, type Block } from './blocks';
import { StoredReader } from './stored-reader';
import { stretches, type StoredBytes } from './stored-bytes';

/** A first look takes little, for the last ten lines; each further one takes double, for the last million. */
const FIRST_BYTES = 64 * 1024;
const READ_BYTES_MAX = 256 * 1024;

/**
 * The lines that begin in [from, to), last first, without their line feeds. An unfinished line at the end is one; an
 * empty one after the last line feed is none. A line over LINE_BYTES_MAX comes in pieces, and a gap ends one.
 */
export async function* linesBackward(file: StoredBytes, from: number, to: number): AsyncGenerator<Block> {
  const reader = new StoredReader(file);
  try {
    for (const stretch of stretches(file, from, to).reverse()) yield* linesOf(file, reader, stretch.from, stretch.to);
  } finally {
    await reader.close();
  }
}

async function* linesOf(file: StoredBytes, reader: StoredReader, from: number, to: number): AsyncGenerator<Block> {
  /** What is read of the line in hand, its first piece first. */
  let pieces: Buffer[] = [];
  let length = 0;
  let at = to;
  let isLineEnd = true;
  for (let size = FIRST_BYTES; at > from; size = Math.min(size * 2, READ_BYTES_MAX)) {
    const offset = Math.max(from, at - size);
    const bytes = await reader.read(Buffer.allocUnsafeSlow(at - offset), offset, at - offset);
    if (bytes.length < at - offset || offset < file.begin) return; // forgotten meanwhile
    let end = bytes.length;
    // The line feed that ends the line before the place we come from begins no empty line.
    if (isLineEnd && bytes[end - 1] === LINE_FEED) end--;
    for (let feed = lineFeedBefore(bytes, end); feed >= 0; feed = lineFeedBefore(bytes, end)) {
      yield { offset: offset + feed + 1, bytes: joined(bytes.subarray(feed + 1, end), pieces) };
      pieces = [];
      length = 0;
      end = feed;
    }
    pieces.unshift(bytes.subarray(0, end));
    length += end;
    at = offset;
    if (length >= LINE_BYTES_MAX || at === from) {
      yield { offset: at, bytes: Buffer.concat(pieces) };
      pieces = [];
      length = 0;
      isLineEnd = true;
    } else isLineEnd = false;
  }
}

/** Where the line begins that holds the byte at `offset`. */
export async function lineBegin(file: StoredBytes, offset: number): Promise<number> {
  for await (const line of linesBackward(file, file.begin, offset))
    return line.offset + line.bytes.length < offset ? offset : line.offset;
  return offset;
}

const lineFeedBefore = (bytes: Buffer, end: number): number => (end > 0 ? bytes.lastIndexOf(LINE_FEED, end - 1) : -1);

const joined = (head: Buffer, pieces: readonly Buffer[]): Buffer =>
  pieces.length === 0 ? head : Buffer.concat([head, ...pieces]);
