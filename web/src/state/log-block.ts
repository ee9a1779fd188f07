/**
 * Loaded output, kept as large texts with the places where lines begin: a hundred thousand lines are a few dozen
 * blocks, not a hundred thousand objects. A block begins at the beginning of a line and, unless it is the last one of
 * what is loaded, ends with one.
 */
import type { GapReason } from '../../../protocol/output-gap';
import type { OutputStream } from '../../../protocol/output-stream';

export interface TextBlock {
  readonly kind: 'text';
  readonly runId: string;
  readonly stream: OutputStream;
  /** Bytes [byteStart, byteEnd) of the run. */
  readonly byteStart: number;
  byteEnd: number;
  text: string;
  /** Where each line begins: in `text`, and in bytes counted from `byteStart`. Both begin with 0. */
  readonly charStarts: number[];
  readonly byteStarts: number[];
  /** The last line is not ended yet. */
  open: boolean;
}
export type Block =
  | TextBlock
  /** A run begins here. */
  | { readonly kind: 'run'; readonly runId: string; readonly startedAtMs: number }
  | GapBlock;

/** Bytes [from, to) of the run are missing. */
export interface GapBlock {
  readonly kind: 'gap';
  readonly runId: string;
  readonly from: number;
  readonly to: number;
  /** Null until it is told. `left-out`: they are stored, and more than this view reads again. */
  readonly reason: GapReason | 'left-out' | null;
}

/** A new block is begun past this many characters, at the next end of a line. */
export const BLOCK_CHARS = 256 * 1024;
const NEWLINE = 10;

export const createBlock = (runId: string, byteStart: number, stream: OutputStream = 'stdout'): TextBlock => ({
  kind: 'text',
  runId,
  stream,
  byteStart,
  byteEnd: byteStart,
  text: '',
  charStarts: [],
  byteStarts: [],
  open: false,
});

/** @param text `bytes` decoded; a character cut at their end may come with the next ones */
export function appendToBlock(block: TextBlock, bytes: Uint8Array, text: string): void {
  if (bytes.length === 0) return;
  const chars = block.text.length;
  const offset = block.byteEnd - block.byteStart;
  if (!block.open) {
    block.charStarts.push(chars);
    block.byteStarts.push(offset);
  }
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) block.charStarts.push(chars + at + 1);
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1))
    block.byteStarts.push(offset + at + 1);
  block.open = bytes[bytes.length - 1] !== NEWLINE;
  if (!block.open) {
    // The line after the last newline has no byte yet: it begins when its first one comes.
    block.charStarts.pop();
    block.byteStarts.pop();
  }
  block.text += text;
  block.byteEnd += bytes.length;
}

export const linesOf = (block: Block): number => (block.kind === 'text' ? block.charStarts.length : 1);

/** One line as written, without its newline. */
export function rawLine(block: TextBlock, line: number): string {
  const from = block.charStarts[line] ?? 0;
  const to = block.charStarts[line + 1] ?? block.text.length;
  return block.text.slice(from, block.text.charCodeAt(to - 1) === NEWLINE ? to - 1 : to);
}

/** The line that byte `offset` of the run lies in. */
export function lineAtByte(block: TextBlock, offset: number): number {
  return lastNotAbove(block.byteStarts, offset - block.byteStart);
}

/** The last place whose value is not above `value`, in a rising list; 0 when all are. */
export function lastNotAbove(rising: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = rising.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rising[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
