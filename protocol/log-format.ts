/**
 * A Python logging format (`%(asctime)s - %(name)s - %(levelname)-8s %(message)s`) compiled to a function, and `json`.
 *
 * The format is the user's (seed 002, `logging.format`), so a mistake in it is refused when it is compiled, with the
 * names that exist, and never found in the middle of the night by the first line that is logged.
 * Pure: the local time comes as parts, because which zone is local is the machine's business.
 */
import { nearest } from './errors';
import { LOG_LEVELS, type LogLevel } from './log-level';

/** Local time, months and days counted from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export interface LogRecord {
  /** The logger: `procguard.monitor`. */
  readonly name: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly atMs: number;
  readonly local: LocalTime;
  readonly pid: number;
  /** Name of the program's file. Node cannot name the line cheaply, so `lineno` is always 0. */
  readonly filename: string;
  /** What is said beside the message; shown by `json`, and by text formats not at all. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Stack of the error being reported, set below the line as Python does; null = none. */
  readonly stack: string | null;
  /** When the program began, for `relativeCreated`. */
  readonly startedAtMs: number;
}

export type LogFormatter = (record: LogRecord) => string;
export type CompiledFormat =
  { readonly ok: true; readonly format: LogFormatter } | { readonly ok: false; readonly message: string };

/** Python's LogRecord attributes. A number's field takes %d, %f and %s; a text's takes %s only. */
const FIELDS: Readonly<Record<string, (record: LogRecord) => string | number>> = {
  asctime: (record) => asctime(record.local, record.atMs),
  created: (record) => record.atMs / 1000,
  filename: (record) => record.filename,
  funcName: () => '<unknown>',
  levelname: (record) => record.level,
  levelno: (record) => LOG_LEVELS[record.level],
  lineno: () => 0,
  message: (record) => record.message,
  module: (record) => record.filename.replace(/\.[^.]*$/, ''),
  msecs: (record) => record.atMs % 1000,
  name: (record) => record.name,
  pathname: (record) => record.filename,
  process: (record) => record.pid,
  processName: () => 'MainProcess',
  relativeCreated: (record) => record.atMs - record.startedAtMs,
  thread: () => 0,
  threadName: () => 'MainThread',
};
const NUMBERS = new Set(['created', 'levelno', 'lineno', 'msecs', 'process', 'relativeCreated', 'thread']);

/** `%%`, or `%(name)` with flags, width, precision and a conversion; anything else after a % is a mistake. */
const DIRECTIVE = /%(?:(%)|\((\w*)\)([-0+ #]*)(\d*)(?:\.(\d+))?([a-zA-Z]?))?/g;

export function compileLogFormat(format: string): CompiledFormat {
  if (format === 'json') return { ok: true, format: asJson };
  const pieces: LogFormatter[] = [];
  let end = 0;
  for (const match of format.matchAll(DIRECTIVE)) {
    const [directive, percent, name, flags = '', width = '', precision, conversion = ''] = match;
    const before = format.slice(end, match.index);
    if (before !== '') pieces.push(() => before);
    end = match.index + directive.length;
    if (percent !== undefined) {
      pieces.push(() => '%');
      continue;
    }
    const problem = problemOf(directive, name, conversion, match.index);
    if (problem !== null) return { ok: false, message: problem };
    const read = FIELDS[name ?? ''] as (record: LogRecord) => string | number;
    const shape: Shape = {
      flags,
      width: Number(width),
      precision: precision === undefined ? null : Number(precision),
      conversion: conversion as Shape['conversion'],
    };
    pieces.push((record) => convert(read(record), shape));
  }
  const rest = format.slice(end);
  return {
    ok: true,
    format: (record) =>
      pieces.map((piece) => piece(record)).join('') + rest + (record.stack === null ? '' : `\n${record.stack}`),
  };
}

function problemOf(directive: string, name: string | undefined, conversion: string, at: number): string | null {
  if (name === undefined) return `has a lone % at character ${at + 1}; write %% for the sign itself`;
  if (!Object.hasOwn(FIELDS, name)) {
    const [near] = nearest(name, Object.keys(FIELDS));
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    return `names an unknown field %(${name})${hint} (known: ${Object.keys(FIELDS).join(', ')})`;
  }
  const allowed = NUMBERS.has(name) ? ['s', 'd', 'i', 'f'] : ['s'];
  if (conversion === '')
    return `has ${directive} without a conversion; write %(${name})${NUMBERS.has(name) ? 'd' : 's'}`;
  if (!allowed.includes(conversion))
    return `has ${directive}, but ${name} is ${NUMBERS.has(name) ? 'a number' : 'text'} and takes ${allowed.join(', ')}`;
  return null;
}

interface Shape {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | null;
  readonly conversion: 's' | 'd' | 'i' | 'f';
}

/** C's printf for one value, as far as Python's % goes with these conversions. */
function convert(value: string | number, { flags, width, precision, conversion }: Shape): string {
  const left = flags.includes('-');
  if (conversion === 's' || typeof value === 'string') {
    const text = precision === null ? String(value) : String(value).slice(0, precision);
    return left ? text.padEnd(width) : text.padStart(width);
  }
  const size = Math.abs(value);
  const digits =
    conversion === 'f' ? size.toFixed(precision ?? 6) : String(Math.trunc(size)).padStart(precision ?? 0, '0');
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  if (left) return (sign + digits).padEnd(width);
  return flags.includes('0') ? sign + digits.padStart(width - sign.length, '0') : (sign + digits).padStart(width);
}

/** Python's default: `2026-11-21 10:00:00,123`. */
function asctime(local: LocalTime, atMs: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${String(local.year).padStart(4, '0')}-${two(local.month)}-${two(local.day)}`;
  const millis = String(Math.trunc(atMs % 1000)).padStart(3, '0');
  return `${date} ${two(local.hour)}:${two(local.minute)}:${two(local.second)},${millis}`;
}

/** One object a line. The record's own words win over a field of the same name. */
const asJson: LogFormatter = (record) =>
  JSON.stringify({
    ...record.fields,
    time: new Date(record.atMs).toISOString(),
    level: record.level,
    logger: record.name,
    message: record.message,
    pid: record.pid,
    ...(record.stack === null ? {} : { stack: record.stack }),
  });

/** The parts of a moment as the machine's own clock shows them. */
export const localTimeOf = (moment: Date): LocalTime => ({
  year: moment.getFullYear(),
  month: moment.getMonth() + 1,
  day: moment.getDate(),
  hour: moment.getHours(),
  minute: moment.getMinutes(),
  second: moment.getSeconds(),
});
