/** Robust summaries: the machine's speed drifts and single rounds are thrown off by neighbours. */

export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))];
  if (value === undefined) throw new Error('a percentile of no values: the measure ran no round');
  return value;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
