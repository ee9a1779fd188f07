/** Bytes as they lie, for whoever wants the output itself: one unbroken range, or everything with its gaps told. */
import { Readable } from 'node:stream';
import { gapText } from '../../../protocol/gap-text';
import type { LogRange } from '../../engine/log-store-port';
import { blocks, LINE_FEED } from './blocks';
import type { StoredFile } from './catalogue';
import { gapsOf, stretches } from './stored-bytes';

export function rangeOf(file: StoredFile, asked: { offset?: number; bytes?: number }): LogRange {
  const { offset = 0, bytes = Infinity } = asked;
  const size = file.length;
  const begin = Math.min(size, Math.max(file.begin, offset < 0 ? size + offset : offset));
  // What is asked for inside a gap begins behind it; how much was asked for is counted from there.
  const { from, to } = stretches(file, begin, size)[0] ?? { from: size, to: size };
  const end = Math.min(to, from + Math.max(0, bytes));
  return { offset: from, end, size, stream: byteStream(bytesOf(file, from, end)) };
}

/** @param files oldest first */
export const wholeOf = (files: readonly StoredFile[]): Readable => byteStream(everything(files));

async function* everything(files: readonly StoredFile[]): AsyncGenerator<Buffer> {
  let lastByte = LINE_FEED;
  for (const file of files) {
    const gaps = gapsOf(file, file.clearedTo);
    const tellGapsUpTo = function* (offset: number): Generator<Buffer> {
      for (; (gaps[0]?.from ?? Infinity) < offset || gaps[0]?.to === offset; lastByte = LINE_FEED) {
        const gap = gaps.shift();
        if (gap) yield Buffer.from(`${lastByte === LINE_FEED ? '' : '\n'}${gapText(gap)}\n`);
      }
    };
    for await (const { offset, bytes } of blocks(file, file.begin, file.length)) {
      yield* tellGapsUpTo(offset);
      yield bytes;
      lastByte = bytes.at(-1) ?? lastByte;
    }
    yield* tellGapsUpTo(Infinity);
  }
}

async function* bytesOf(file: StoredFile, from: number, to: number): AsyncGenerator<Buffer> {
  for await (const { bytes } of blocks(file, from, to)) yield bytes;
}

const byteStream = (source: AsyncIterable<Buffer>): Readable => Readable.from(source, { objectMode: false });
