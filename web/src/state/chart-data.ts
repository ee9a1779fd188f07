/**
 * What a chart draws: the answer's steps, and behind them what was heard since. A step in which nothing was heard is null
 * and stays a hole.
 */
import type { UsageReply } from '../../../protocol/http';
import type { Figure } from './usage-ranges';
import type { Sample } from './usage-ring';

/** Seconds since the epoch (uPlot's unit), and a value or a hole for each. */
export interface ChartData {
  readonly seconds: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly peak: readonly (number | null)[];
}

/** @param live samples, oldest first; those that the answer holds already are left out */
export function chartData(reply: UsageReply, figure: Figure, live: readonly Sample[]): ChartData {
  const { from_ms: fromMs, step_ms: stepMs } = reply;
  const { mean = [], peak = [] } = reply.figures[figure] ?? {};
  // The newest steps may not be over: what was heard since is newer than a hole at the end.
  const known = mean.findLastIndex((value) => value !== null) + 1;
  const seconds = mean.slice(0, known).map((_, step) => (fromMs + step * stepMs) / 1000);
  const chart = { seconds, mean: mean.slice(0, known), peak: peak.slice(0, known) };
  let lastMs = (seconds.at(-1) ?? 0) * 1000 + stepMs;
  for (const { atMs, value } of live) {
    if (atMs < lastMs) continue;
    // More than a few ticks without a word are a hole here too.
    if (known > 0 && atMs - lastMs > GAP_MS) push(chart, lastMs, null);
    push(chart, atMs, value);
    lastMs = atMs;
  }
  return chart;
}

const GAP_MS = 10_000;

function push(
  chart: { seconds: number[]; mean: (number | null)[]; peak: (number | null)[] },
  atMs: number,
  value: number | null,
): void {
  chart.seconds.push(atMs / 1000);
  chart.mean.push(value);
  chart.peak.push(value);
}

/** The largest value drawn; null = there is none. */
export function highest({ peak }: ChartData): number | null {
  const known = peak.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((most, value) => Math.max(most, value), 0);
}

export const newest = ({ mean }: ChartData): number | null => mean.at(-1) ?? null;
