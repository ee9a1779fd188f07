/** Moments within sentences of the manager and of launchers, which are told in UTC: `silent since 2026-11-22T10:41:07Z`. */
const MOMENT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

/** @param told a moment as its reader is to see it, by his own clock */
export const withMoments = (sentence: string, told: (atMs: number) => string): string =>
  sentence.replaceAll(MOMENT, (moment) => told(Date.parse(moment)));
