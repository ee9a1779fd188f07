/**
 * When a cron expression is next. The library does the arithmetic of its fields, in local time and nowhere else; what a
 * change of the clock does to them is said here, for the library leaves out times then, and gives some that are past.
 */
import { Cron } from 'croner';
import { Refusal } from '../../../protocol/errors';
import { changeIn, isTimeZone, momentsOf, offsetMs } from './local-time';
import type { Times } from './rows';

const ALLOWED =
  'five fields (minute hour day-of-month month day-of-week), six with seconds before them, or @hourly, @daily, @weekly, @monthly, @yearly';
/** No clock is changed by more. */
const CHANGE_MS_MAX = 3 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** Null = it is understood, and there will be such a time. */
export function calendarRefusal(times: Times, wallMs: number): Refusal | null {
  const { cron, timeZone, startsAtMs, endsAtMs } = times;
  const wrong = (field: string, why: string): Refusal => new Refusal('bad_request', `${field}: ${why}`, { field });
  if (!isTimeZone(timeZone))
    return wrong(
      'time_zone',
      `${JSON.stringify(timeZone)} is no time zone; give an IANA name such as UTC, Europe/Berlin or Asia/Shanghai`,
    );
  const why = problemOf(cron);
  if (why !== null) return wrong('cron', `${JSON.stringify(cron)} is not understood (${why}); write ${ALLOWED}`);
  if (startsAtMs !== null && endsAtMs !== null && endsAtMs <= startsAtMs)
    return wrong('ends_at', 'it is not after starts_at');
  if (endsAtMs !== null && endsAtMs <= wallMs) return wrong('ends_at', 'it is over already');
  if (nextAfter({ ...times, startsAtMs: null, endsAtMs: null }, wallMs) === null)
    return wrong('cron', `${JSON.stringify(cron)} names a day that never comes`);
  if (nextAfter(times, wallMs) === null)
    return endsAtMs === null
      ? wrong('starts_at', `nothing of ${JSON.stringify(cron)} is after it; give an earlier one, or none`)
      : wrong('ends_at', `nothing of ${JSON.stringify(cron)} is before it; give a later one, or none`);
  return null;
}

/**
 * The first planned time after this one: a whole second. Null = there is none, also of what was understood once and is not any
 * more: a ledger may come to a machine that does not know its zone, and the manager has to start there.
 */
export function nextAfter(times: Times, afterMs: number): number | null {
  const { timeZone, startsAtMs, endsAtMs } = times;
  const fromMs = startsAtMs === null ? afterMs : Math.max(afterMs, startsAtMs - 1);
  const expression = isTimeZone(timeZone) ? expressionOf(times) : null;
  if (expression === null) return null;
  const next = timeZone === 'UTC' ? expression.after(fromMs) : nextIn(timeZone, expression, fromMs);
  return next === null || (endsAtMs !== null && next > endsAtMs) ? null : next;
}

/** The first few after this one. */
export function timesAfter(times: Times, afterMs: number, most: number): number[] {
  const found: number[] = [];
  for (let at = nextAfter(times, afterMs); at !== null && found.length < most; at = nextAfter(times, at))
    found.push(at);
  return found;
}

/** The newest planned time in (after, upTo], by halves: years of seconds are found as fast as a day. Null = there is none. */
export function newestIn(times: Times, afterMs: number, upToMs: number): number | null {
  const inTime = (atMs: number | null): atMs is number => atMs !== null && atMs <= upToMs;
  let newest = nextAfter(times, afterMs);
  if (!inTime(newest)) return null;
  // Nothing is planned in (end, upTo].
  let end = upToMs;
  while (end - newest >= 1000) {
    const middle = Math.floor((newest + end) / 2);
    const found = nextAfter(times, middle);
    if (inTime(found)) newest = found;
    else end = middle;
  }
  return newest;
}

/** A clock that is set forward leaves times out, one that is set back has some twice. */
function nextIn(timeZone: string, expression: Expression, fromMs: number): number | null {
  const offset = offsetMs(timeZone, fromMs);
  let found: number | null = null;
  for (let local = expression.after(fromMs + offset); local !== null; local = expression.after(local)) {
    found = momentsFor(timeZone, local, expression).find((atMs) => atMs > fromMs) ?? null;
    if (found !== null) break;
  }
  if (found === null || !expression.isEachHour) return found;
  // The hour that comes again begins anew.
  const change = changeIn(timeZone, fromMs, Math.min(found, fromMs + CHANGE_MS_MAX));
  const again = change === null ? null : offsetMs(timeZone, change);
  if (change === null || again === null || again > offset) return found;
  const first = expression.after(change + again - 1);
  return first === null ? found : Math.min(found, first - again);
}

/** Of each hour: all that there are. Of a named one: the first; and where it is left out, the moment at which the clock moves on. */
function momentsFor(timeZone: string, local: number, { isEachHour }: Expression): number[] {
  const moments = momentsOf(timeZone, local);
  if (isEachHour) return moments;
  const [first = changeIn(timeZone, local - DAY_MS, local + DAY_MS)] = moments;
  return first === null ? [] : [first];
}

interface Expression {
  /** The first in local time after that, which is as local. */
  readonly after: (localMs: number) => number | null;
  /** Its hours are `*` or a step of it: what is meant is a distance, and no time of the day. */
  readonly isEachHour: boolean;
}

/** Rows do not change, and an expression is read many times for one answer. */
const expressions = new WeakMap<Times, Expression | null>();

function expressionOf(times: Times): Expression | null {
  const known = expressions.get(times);
  if (known !== undefined) return known;
  const made = problemOf(times.cron) === null ? read(times.cron) : null;
  expressions.set(times, made);
  return made;
}

/** @throws Error where it is not understood */
function read(cron: string): Expression {
  // Paused: nothing is ever started by it. Without an offset it would go by the zone of this machine.
  // Quartz's `?` is as `*`. The library takes it, but then means by it a day like any other.
  const pattern = new Cron(cron.replaceAll('?', '*'), { paused: true, utcOffset: 0, mode: '5-or-6-parts' });
  return {
    after: (localMs) => pattern.nextRun(new Date(localMs))?.getTime() ?? null,
    isEachHour: cron === '@hourly' || /^[*?]/.test(fieldsOf(cron).at(HOUR) ?? ''),
  };
}

const fieldsOf = (cron: string): string[] => cron.trim().split(/\s+/);
/** Of the fields, from behind: seconds may be there or not. */
const HOUR = -4;

function problemOf(cron: string): string | null {
  const { length } = fieldsOf(cron);
  if (!cron.startsWith('@') && length !== 5 && length !== 6) return `it has ${length} of them`;
  // The library would take a date for one time alone.
  if (cron.includes(':')) return 'a date is none';
  try {
    read(cron).after(0);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Cron\w+: /, '') : String(error);
  }
}
