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

/** The least value at the top of a chart: below it a line lies low instead of showing noise as mountains. */
export const LEAST_TOP: Readonly<Record<Figure, number>> = {
  cpu: 0.1,
  memory: 1024 * 1024,
  read: 10 * 1024,
  write: 10 * 1024,
  open_files: 10,
  gpu: 0.1,
  gpu_memory: 1024 * 1024,
};

/** Steps of an axis: round in the unit that its values are told in. */
const DECADES = Array.from({ length: 12 }, (_, power) => 10 ** (power - 2));
export const AXIS_STEPS = {
  plain: DECADES.flatMap((decade) => [decade, 2 * decade, 5 * decade]),
  bytes: Array.from({ length: 48 }, (_, power) => 2 ** power),
} as const;
export const isBytes = (figure: Figure): boolean => !['cpu', 'gpu', 'open_files'].includes(figure);

/** Live values of these come with every tick; the others are read again now and then. */
export const LIVE_FIGURES = { cpu: 'cpu', memory: 'rssBytes' } as const;
