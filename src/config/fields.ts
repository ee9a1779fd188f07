/**
 * The kinds of value a configuration key can have. Each says in its own words what it takes (`must be ...`); the sentence
 * around it (file, line, key, what stood there) is added in problem.ts.
 */
import { z } from 'zod';
import { durationMs, sizeBytes } from '../../protocol/amounts';
import { nearest } from '../../protocol/errors';
import { compileLogFormat } from '../../protocol/log-format';
import { LOG_LEVEL_NAMES, logLevelOf } from '../../protocol/log-level';

/** Node's timers hold 2^31 ms; longer than 23 days is a mistake in the unit. */
const SECONDS_MAX = 2_000_000;

export const yesNo = () => z.boolean({ error: 'must be true or false' });

export const text = (what = 'text') =>
  z.string({ error: `must be ${what}` }).refine((value) => value.trim() !== '', { error: `must be ${what}` });

/** @param range `{above}`: more than it; `{from}`: at least it */
export const seconds = (range: { readonly above: number } | { readonly from: number }) => {
  const error = `must be a number of seconds ${'above' in range ? `above ${range.above}` : `of at least ${range.from}`}`;
  const number = z.number({ error }).max(SECONDS_MAX, { error: `must be at most ${SECONDS_MAX} seconds` });
  return 'above' in range ? number.gt(range.above, { error }) : number.min(range.from, { error });
};

export const whole = (from: number, to: number) => {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.number({ error }).refine((value) => Number.isInteger(value) && value >= from && value <= to, { error });
};

export const number = (from: number) => {
  const error = `must be a number of at least ${from}`;
  return z.number({ error }).min(from, { error });
};

/** A part of a whole: more than none, at most all of it. */
export const share = () => {
  const error = 'must be a fraction above 0 and at most 1';
  return z.number({ error }).gt(0, { error }).max(1, { error });
};

/** Bytes: a number, or text with a unit (`512M`, `2G`, powers of 1024). */
export const size = (from: number) => {
  const error = `must be a number of bytes, or one with K, M, G or T (512M, 2G), of at least ${from}`;
  return z.union([z.number(), z.string()], { error }).transform((written, context) => {
    const bytes = sizeBytes(written);
    if (bytes !== null && bytes >= from) return bytes;
    context.addIssue({ code: 'custom', message: error, input: written });
    return z.NEVER;
  });
};

/** Seconds that no timer sleeps: a number, or text with a unit (`12h`, `30d`). */
export const age = () => {
  const error = 'must be a number of seconds, or one with s, m, h or d (12h, 30d)';
  return z.union([z.number(), z.string()], { error }).transform((written, context) => {
    const ms = durationMs(written);
    if (ms !== null) return ms / 1000;
    context.addIssue({ code: 'custom', message: error, input: written });
    return z.NEVER;
  });
};

/** One of a few words. A near miss is named. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: ({ input }) => choose(input, words) });

/** Python's names and npm's, in any case; kept as Python's. */
export const level = () =>
  z.string({ error: 'must be a level name' }).transform((word, context) => {
    const found = logLevelOf(word);
    if (found === null) context.addIssue({ code: 'custom', message: choose(word, LOG_LEVEL_NAMES), input: word });
    return found ?? ('INFO' as const);
  });

export const logFormat = () =>
  z.string({ error: 'must be a Python logging format or json' }).superRefine((format, context) => {
    const compiled = compileLogFormat(format);
    if (!compiled.ok) context.addIssue({ code: 'custom', message: compiled.message, input: format });
  });

/** Where people and launchers reach a server. */
export const httpUrl = () =>
  z.string({ error: 'must be a URL such as http://host:5000' }).refine(
    (value) => {
      const url = URL.canParse(value) ? new URL(value) : null;
      return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
    },
    { error: 'must be a URL such as http://host:5000' },
  );

function choose(input: unknown, words: readonly string[]): string {
  const [near] = typeof input === 'string' ? nearest(input, words) : [];
  return `must be one of ${words.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}
