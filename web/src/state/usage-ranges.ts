/** Spans of time that usage is looked at over. Source: what the manager keeps (docs/usage.md). */
export const RANGES = ['5m', '3h', '24h', '2w'] as const;
export type Range = (typeof RANGES)[number];

const MINUTE_MS = 60_000;
export const RANGE_MS: Readonly<Record<Range, number>> = {
  '5m': 5 * MINUTE_MS,
  '3h': 180 * MINUTE_MS,
  '24h': 24 * 60 * MINUTE_MS,
  '2w': 14 * 24 * 60 * MINUTE_MS,
};

/** In the order in which they are shown. */
export const FIGURES = ['cpu', 'memory', 'read', 'write', 'open_files', 'gpu', 'gpu_memory'] as const;
export type Figure = (typeof FIGURES)[number];

/** Live values of these come with every tick; the others are read again now and then. */
export const LIVE_FIGURES = { cpu: 'cpu', memory: 'rssBytes' } as const;
