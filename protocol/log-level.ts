/**
 * How loud a log line is: Python's five names and numbers, for a configuration written for the original starts here
 * unchanged (seed 002, `logging.level`, `--log-level`). npm's names are understood too.
 */
export const LOG_LEVELS = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 } as const;
export type LogLevel = keyof typeof LOG_LEVELS;
export const LOG_LEVEL_NAMES = Object.keys(LOG_LEVELS) as LogLevel[];

const ALIASES: Readonly<Record<string, LogLevel>> = {
  WARN: 'WARNING',
  FATAL: 'CRITICAL',
  HTTP: 'INFO',
  VERBOSE: 'DEBUG',
  SILLY: 'DEBUG',
  TRACE: 'DEBUG',
};

/** The level a word means, in any case; null = not a level. */
export function logLevelOf(word: string): LogLevel | null {
  const upper = word.trim().toUpperCase();
  return LOG_LEVEL_NAMES.find((level) => level === upper) ?? ALIASES[upper] ?? null;
}
