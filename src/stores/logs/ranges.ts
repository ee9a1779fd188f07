/** Bytes as they lie, for whoever wants the output itself: one unbroken range, or everything with its gaps told. */
import { Readable } from 'node:stream';
import { gapText } from '../../../protocol/gap-text';
import type { OutputGap } from '../../../protocol/output-gap';
import type { LogRange, OutputWindow } from '../../engine/log-store-port';
import { blocks, LINE_FEED } from './blocks';
import type { StoredFile } from './catalogue';
import { gapsOf, stretches } from './stored-bytes';

export function rangeOf(file: StoredFile, asked: { offset?: number; bytes?: number }): LogRange {
  const { offset = 0, bytes = Infinity } = asked;
  const size = file.length;
  const begin = Math.min(size, Math.max(0, offset < 0 ? size + offset : offset));
  const { from, to } = stretches(file, begin, size)[0] ?? { from: size, to: size };
  // Never beyond what was asked for: a range that lies in a gap is empty, and says where the gap ends.
  const end = Math.max(from, Math.min(to, begin + Math.max(0, bytes)));
  return { offset: from, end, size, stream: byteStream(bytesOf(file, from, end)) };
}

/** @param files of one stream, oldest first */
export const wholeOf = (files: readonly StoredFile[], { run, from, to }: OutputWindow): Readable =>
  byteStream(
    everything(
      files
        .filter(({ ref }) => run === undefined || ref.run === run)
        .filter(({ ref }) => (from === undefined || ref.run >= from.run) && (to === undefined || ref.run <= to.run))
        .map((file) => ({
          file,
          from: file.ref.run === from?.run ? from.offset : 0,
          to: file.ref.run === to?.run ? to.offset : Infinity,
        })),
    ),
  );

interface Part {
  readonly file: StoredFile;
  readonly from: number;
  readonly to: number;
}

async function* everything(parts: readonly Part[]): AsyncGenerator<Buffer> {
  let lastByte = LINE_FEED;
  const told = (gap: OutputGap): Buffer => {
    const begun = lastByte === LINE_FEED ? '' : '\n';
    lastByte = LINE_FEED;
    return Buffer.from(`${begun}${gapText(gap)}\n`);
  };
  for (const { file, from, to } of parts) {
    const gaps = gapsOf(file, file.clearedTo).filter((gap) => gap.from >= from && gap.to <= to);
    for await (const block of blocks(file, Math.max(from, file.begin), Math.min(to, file.length))) {
      let { offset, bytes } = block;
      // An empty gap may stand in the middle of a block.
      for (let gap = gaps[0]; gap !== undefined && gap.from < offset + bytes.length; gap = gaps[0]) {
        const before = bytes.subarray(0, Math.max(0, gap.from - offset));
        if (before.length > 0) yield before;
        lastByte = before.at(-1) ?? lastByte;
        yield told(gap);
        gaps.shift();
        bytes = bytes.subarray(before.length);
        offset += before.length;
      }
      yield bytes;
      lastByte = bytes.at(-1) ?? lastByte;
    }
    for (const gap of gaps) yield told(gap);
  }
}

async function* bytesOf(file: StoredFile, from: number, to: number): AsyncGenerator<Buffer> {
  for await (const { bytes } of blocks(file, from, to)) yield bytes;
}

const byteStream = (source: AsyncIterable<Buffer>): Readable => Readable.from(source, { objectMode: false });
