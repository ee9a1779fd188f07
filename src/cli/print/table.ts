/** Tables that adapt: columns go, least wanted first, until the rest fits; one column is cut to what is left. */
import type { Colour, Paint } from './paint';
import { fit, printable, textWidth } from './text-width';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Left out when the table is too wide, lowest first; absent = always there. */
  readonly dropAt?: number;
  /** Takes what is left of the width and is cut there. The last one, at most one. */
  readonly isRest?: boolean;
}
export interface Cell {
  readonly text: string;
  readonly colour: Colour | null;
}
export type Row = readonly (Cell | string)[];

const GAP = '  ';
/** Fewer columns than these for the rest say nothing: rather leave another column out. */
const REST_MIN = 24;

/**
 * @param width of the terminal; null = nobody's, nothing is cut or left out
 * @returns lines without line feeds, the titles first
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number | null,
  paint: Paint,
): string[] {
  const cells = rows.map((row) => row.map(cellOf));
  const widths = columns.map(({ title }, i) =>
    Math.max(textWidth(title), ...cells.map((row) => textWidth(row[i]?.text ?? ''))),
  );
  const shown = width === null ? columns.map((_, i) => i) : fitting(columns, widths, width);
  const rest = shown.find((i) => columns[i]?.isRest);
  if (rest !== undefined && width !== null) {
    const others = shown.filter((i) => i !== rest).reduce((sum, i) => sum + (widths[i] ?? 0) + GAP.length, 0);
    widths[rest] = Math.max(1, Math.min(widths[rest] ?? 0, width - others));
  }
  const line = (row: readonly Cell[]): string =>
    shown
      .map((i) => {
        const { text, colour } = row[i] ?? cellOf('');
        const short = fit(text, widths[i] ?? 0);
        const space = ' '.repeat((widths[i] ?? 0) - textWidth(short));
        return columns[i]?.align === 'right' ? space + paint(short, colour) : paint(short, colour) + space;
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ title }) => ({ text: title, colour: 'bold' }))), ...cells.map(line)];
}

function fitting(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  const need = (i: number): number => (columns[i]?.isRest ? Math.min(REST_MIN, widths[i] ?? 0) : (widths[i] ?? 0));
  let shown = columns.map((_, i) => i);
  const leaving = shown
    .filter((i) => columns[i]?.dropAt !== undefined)
    .sort((a, b) => (columns[a]?.dropAt ?? 0) - (columns[b]?.dropAt ?? 0));
  for (const next of leaving) {
    if (shown.reduce((sum, i) => sum + need(i) + GAP.length, -GAP.length) <= width) break;
    shown = shown.filter((i) => i !== next);
  }
  return shown;
}

const cellOf = (cell: Cell | string): Cell =>
  typeof cell === 'string' ? { text: printable(cell), colour: null } : { ...cell, text: printable(cell.text) };
