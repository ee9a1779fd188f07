/**
 * SimpleTuner's priorities, 0..50 with the highest first, and ours, 1..10 with the lowest first. Both defaults are one
 * (10 there, 5 here); between 0 = 10, 10 = 5 and 40 = 1 it is a straight line, and so on beyond. Source: API_JOBS section 3.
 */
export const THEIR_PRIORITY_DEFAULT = 10;
export const THEIR_PRIORITY_MAX = 50;

export const fromTheirs = (theirs: number): number => (theirs <= 10 ? 10 - theirs / 2 : 5 - ((theirs - 10) * 4) / 30);

export const toTheirs = (ours: number): number =>
  Math.min(THEIR_PRIORITY_MAX, Math.max(0, Math.round(ours >= 5 ? (10 - ours) * 2 : 10 + ((5 - ours) * 30) / 4)));

const NAMES = [
  [40, 'critical'],
  [30, 'urgent'],
  [20, 'high'],
  [10, 'normal'],
] as const;
export const priorityName = (theirs: number): string => NAMES.find(([least]) => theirs >= least)?.[1] ?? 'low';
