/** What one row of the log view shows of a line: styled spans, cut to the row, with the search's matches marked. */
import { parseLine, plainText, type Style } from './ansi';
import { breaksOf } from './cells';
import { matchRanges } from './log-search';
import { LINE_CHARS_SHOWN } from './log-rows';

export interface Piece {
  readonly text: string;
  readonly style: Style | null;
  readonly marked: boolean;
}
export interface RowContent {
  readonly pieces: readonly Piece[];
  /** Set on the row that offers the rest of a cut line: the whole length in characters. */
  readonly cutFrom: number | null;
}

/** @param columns null = the line is one row */
export function rowContent(
  raw: string,
  asked: { columns: number | null; piece: number; whole: boolean; pattern: RegExp | null },
): RowContent {
  const plain = plainText(raw);
  const cut = plain.length > LINE_CHARS_SHOWN && !asked.whole;
  const shown = cut ? plain.slice(0, LINE_CHARS_SHOWN) : plain;
  const breaks = asked.columns === null ? [0] : breaksOf(shown, asked.columns);
  const from = breaks[asked.piece];
  if (from === undefined) return { pieces: [], cutFrom: cut ? plain.length : null };
  const to = breaks[asked.piece + 1] ?? shown.length;
  const ranges = asked.pattern === null ? [] : matchRanges(shown, asked.pattern);
  return { pieces: cutSpans(raw, from, to, ranges), cutFrom: cut && asked.columns === null ? plain.length : null };
}

function cutSpans(raw: string, from: number, to: number, ranges: readonly [number, number][]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { text, style } of parseLine(raw)) {
    const start = Math.max(from, at);
    const end = Math.min(to, at + text.length);
    if (start < end) pieces.push(...marked(text.slice(start - at, end - at), style, start, ranges));
    at += text.length;
    if (at >= to) break;
  }
  return pieces;
}

/** @param at where `text` begins in the line that the ranges were found in */
function marked(text: string, style: Style | null, at: number, ranges: readonly [number, number][]): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const [start, end] of ranges) {
    const a = Math.max(done, start - at);
    const b = Math.min(text.length, end - at);
    if (a >= b) continue;
    if (a > done) pieces.push({ text: text.slice(done, a), style, marked: false });
    pieces.push({ text: text.slice(a, b), style, marked: true });
    done = b;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), style, marked: false });
  return pieces;
}
