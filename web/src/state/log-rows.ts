/**
 * Which row of the log view shows which part of which block. Every row has the same height, also when lines wrap: a
 * line is cut into rows here, by counting cells of the fixed-width font, so the view never measures what it draws and
 * scrolling through a hundred thousand lines is arithmetic.
 */
import type { OutputStream } from '../../../protocol/output-stream';
import { plainText } from './ansi';
import { linesOf, lastNotAbove, rawLine, type Block, type TextBlock } from './log-block';
import { rowsForCells } from './cells';

/** Longer lines are shown cut, with a way to see the rest. */
export const LINE_CHARS_SHOWN = 2_000;

export interface Layout {
  /** Cells of a row; null = lines are not wrapped. */
  readonly columns: number | null;
  /** Lines shown whole, as `lineId` names them. Replaced, not changed, when one is added. */
  readonly whole: ReadonlySet<string>;
}
export interface RowIndex {
  readonly blocks: readonly Block[];
  /** Rows before each block. */
  readonly before: readonly number[];
  readonly rows: number;
  readonly layout: Layout;
}
export interface RowPlace {
  readonly block: Block;
  readonly line: number;
  /** Which of the line's rows, from 0. */
  readonly piece: number;
}

/** A line's lasting name: its run, its first byte, its stream. */
export const lineId = (block: TextBlock, line: number): string =>
  lineName(block.runId, block.byteStart + (block.byteStarts[line] ?? 0), block.stream);

/** As the address bar has it, too. */
export const lineName = (runId: string, offset: number, stream: OutputStream): string =>
  `${runId}:${offset}${stream === 'stderr' ? ':stderr' : ''}`;

/** Null = that is no line's name. */
export function parseLineName(name: string): { runId: string; offset: number; stream: OutputStream } | null {
  const parts = /^(\d{13}[a-z2-7]{12}):(\d+)(:stderr)?$/.exec(name);
  if (parts === null) return null;
  return { runId: parts[1] ?? '', offset: Number(parts[2]), stream: parts[3] === undefined ? 'stdout' : 'stderr' };
}

export function indexRows(blocks: readonly Block[], layout: Layout): RowIndex {
  const before: number[] = [];
  let rows = 0;
  for (const block of blocks) {
    before.push(rows);
    rows += block.kind === 'text' && layout.columns !== null ? wrappedRows(block, layout) : linesOf(block);
  }
  return { blocks: [...blocks], before, rows, layout };
}

export function placeOfRow(index: RowIndex, row: number): RowPlace | null {
  if (row < 0 || row >= index.rows) return null;
  const at = lastNotAbove(index.before, row);
  const block = index.blocks[at];
  if (block === undefined) return null;
  const inside = row - (index.before[at] ?? 0);
  if (block.kind !== 'text' || index.layout.columns === null) return { block, line: inside, piece: 0 };
  const starts = rowStarts(block, index.layout);
  const line = lastNotAbove(starts, inside);
  return { block, line, piece: inside - (starts[line] ?? 0) };
}

export function rowOfLine(index: RowIndex, block: Block, line: number): number | null {
  const at = index.blocks.indexOf(block);
  if (at < 0) return null;
  const inside =
    block.kind === 'text' && index.layout.columns !== null ? (rowStarts(block, index.layout)[line] ?? 0) : line;
  return (index.before[at] ?? 0) + inside;
}

/** The row that shows a byte of a run; null when it is not loaded. */
export function rowOfByte(
  index: RowIndex,
  { runId, offset, stream }: { readonly runId: string; readonly offset: number; readonly stream: OutputStream },
): number | null {
  for (const block of index.blocks)
    if (
      block.kind === 'text' &&
      block.runId === runId &&
      block.stream === stream &&
      offset >= block.byteStart &&
      offset < block.byteEnd
    )
      return rowOfLine(index, block, lastNotAbove(block.byteStarts, offset - block.byteStart));
  return null;
}

interface Wrapping {
  readonly layout: Layout;
  readonly starts: number[];
  /** Characters of the block when its last line was measured: an open line grows. */
  chars: number;
  rows: number;
}
const wrappings = new WeakMap<TextBlock, Wrapping>();

const rowStarts = (block: TextBlock, layout: Layout): readonly number[] => {
  wrappedRows(block, layout);
  return wrappings.get(block)?.starts ?? [];
};

/** Measures what was added since the last time: following a fast log costs its new lines only. */
function wrappedRows(block: TextBlock, layout: Layout): number {
  const columns = layout.columns ?? 1;
  let known = wrappings.get(block);
  if (known === undefined || known.layout.columns !== columns || known.layout.whole !== layout.whole) {
    known = { layout, starts: [], chars: 0, rows: 0 };
    wrappings.set(block, known);
  }
  if (known.chars === block.text.length) return known.rows;
  const from = Math.max(0, known.starts.length - 1);
  let row = known.starts[from] ?? 0;
  known.starts.length = from;
  for (let line = from; line < block.charStarts.length; line++) {
    known.starts.push(row);
    row += rowsOfLine(block, line, layout, columns);
  }
  known.chars = block.text.length;
  known.rows = row;
  return row;
}

function rowsOfLine(block: TextBlock, line: number, layout: Layout, columns: number): number {
  const text = plainText(rawLine(block, line));
  const cut = text.length > LINE_CHARS_SHOWN && !layout.whole.has(lineId(block, line));
  const rows = rowsForCells(cut ? text.slice(0, LINE_CHARS_SHOWN) : text, columns);
  // The button that shows the rest has a row of its own.
  return cut ? rows + 1 : rows;
}
