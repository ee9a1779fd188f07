/** What becomes of output that is followed: bytes as they are, or lines; and a line where some is missing. */
import { gapText } from '../../protocol/gap-text';
import type { OutputGap } from '../../protocol/output-gap';
import type { OutputStream } from '../../protocol/output-stream';
import type { FollowSink } from './log-follow';
import type { StoredLine } from './log-lines';
import { writeOut } from './log-writer';
import { LineSplitter } from './print/line-splitter';

type Print = FollowSink['lines'];

/** Bytes as they come. */
export const rawSink = (print: Print, stream: OutputStream): FollowSink => ({
  lines: print,
  bytes: (_run, _offset, bytes) => writeOut(bytes),
  gap: (run, gap) => print([gapLine(run, stream, gap)]),
});

/** Whole lines, of which some may not be wanted. @param grep null = all are */
export function lineSink(print: Print, stream: OutputStream, grep: RegExp | null): FollowSink {
  let current: { readonly run: string; readonly splitter: LineSplitter } | null = null;
  const unfinished = (): StoredLine[] => {
    const { run = '', splitter = null } = current ?? {};
    current = null;
    return (splitter?.end() ?? []).map((line) => ({ run, stream, atMs: Date.now(), ...line }));
  };
  const wanted = (lines: readonly StoredLine[]): readonly StoredLine[] =>
    grep === null ? lines : lines.filter(({ text }) => grep.test(text));
  return {
    lines: print,
    async bytes(run, offset, bytes) {
      const ended = current === null || current.run === run ? [] : unfinished();
      current ??= { run, splitter: new LineSplitter(offset) };
      const begun = current.splitter.add(bytes).map((line) => ({ run, stream, atMs: Date.now(), ...line }));
      await print(wanted([...ended, ...begun]));
    },
    gap: (run, gap) => print([...wanted(unfinished()), gapLine(run, stream, gap)]),
  };
}

const gapLine = (run: string, stream: OutputStream, gap: OutputGap): StoredLine => ({
  run,
  stream,
  offset: gap.from,
  atMs: null,
  text: gapText(gap),
});
