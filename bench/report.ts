/**
 * What a measure found, and how it is told: the ratio first, because absolute figures drift with the machine; then the
 * two figures it was made of; then whether the target is met.
 */

/** As docs/performance.md numbers them; `auth` is its P11. */
export type TargetId = `P${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 12 | 13 | 14 | 15}` | 'auth';

export interface Figure {
  readonly name: string;
  readonly value: number;
}

/** Ours against a peer, a physical limit, or a fixed number, measured in the same run. */
export interface Comparison {
  readonly target: TargetId;
  readonly what: string;
  readonly unit: string;
  readonly ours: Figure;
  readonly reference: Figure;
  /** Of ours / reference. `below` and `above` are strict: ahead of a peer. Null = told, not promised. */
  readonly bound: { readonly kind: 'at most' | 'at least' | 'below' | 'above'; readonly ratio: number } | null;
}

export interface Outcome {
  readonly comparisons: readonly Comparison[];
  /** Further figures and whatever was skipped and why, one sentence each. */
  readonly notes: readonly string[];
}

export interface MeasureReport extends Outcome {
  readonly measure: string;
  readonly title: string;
  readonly seconds: number;
}

export const ratioOf = ({ ours, reference }: Comparison): number => ours.value / reference.value;

/** Null when nothing was promised. */
export function isMet(comparison: Comparison): boolean | null {
  const ratio = ratioOf(comparison);
  switch (comparison.bound?.kind) {
    case undefined:
      return null;
    case 'at most':
      return ratio <= comparison.bound.ratio;
    case 'at least':
      return ratio >= comparison.bound.ratio;
    case 'below':
      return ratio < comparison.bound.ratio;
    case 'above':
      return ratio > comparison.bound.ratio;
  }
}

export function reportText({ measure, title, seconds, comparisons, notes }: MeasureReport): string {
  const head = `\n${measure}: ${title} (${seconds.toFixed(0)} s)`;
  return [head, ...comparisons.map(comparisonLine), ...notes.map((note) => `      ${note}`)].join('\n');
}

function comparisonLine(comparison: Comparison): string {
  const { what, unit, ours, reference } = comparison;
  const figures = [ours, reference].map(({ name, value }) => `${name} ${amount(value)} ${unit}`).join(', ');
  return `${ratioText(comparison).padStart(8)}  ${what}: ${figures}; ${verdict(comparison)}`;
}

export function summaryText(reports: readonly MeasureReport[]): string {
  const rows = reports
    .flatMap(({ comparisons }) => comparisons)
    .filter(({ bound }) => bound !== null)
    .map((one) => [one.target, ratioText(one), verdict(one), `${one.what}, against ${one.reference.name}`]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return ['', 'summary', ...lines.map((line) => `  ${line}`)].join('\n');
}

const ratioText = (comparison: Comparison): string => `${ratioOf(comparison).toFixed(2)}x`;

function verdict(comparison: Comparison): string {
  const { bound } = comparison;
  if (bound === null) return 'no target';
  const wanted = `${bound.kind} ${bound.ratio}x`;
  return isMet(comparison) === true ? `PASS (${wanted})` : `short of ${wanted}`;
}

const amount = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en-US') : value >= 100 ? value.toFixed(0) : value.toFixed(2);
