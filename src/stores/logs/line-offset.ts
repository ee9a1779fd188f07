/** Finding a line by its number. Lines are counted where they lie: no index is kept of what is seldom asked. */
import { LINE_FEED, lineBlocks } from './blocks';
import type { StoredFile } from './catalogue';

/** @param line counted from 1 at the first byte that can be read. Answers the stream's length when there are fewer. */
export async function lineOffset(file: StoredFile, line: number, signal?: AbortSignal): Promise<number> {
  const { length } = file;
  let left = line - 1;
  for await (const { offset, bytes } of lineBlocks(file, file.begin, length)) {
    signal?.throwIfAborted();
    if (left === 0) return offset;
    for (let feed = bytes.indexOf(LINE_FEED); feed >= 0; feed = bytes.indexOf(LINE_FEED, feed + 1))
      if (--left === 0 && offset + feed + 1 < length) return offset + feed + 1;
  }
  return length;
}
