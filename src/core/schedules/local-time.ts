/**
 * The clock on the wall of a time zone. `localMs` is what it shows, as if that were UTC: arithmetic on it knows no change of
 * the clock, and the way back to moments is where changes are dealt with, once.
 */
const DAY_MS = 24 * 3_600_000;

/** Making a format costs more than using it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError where there is no such zone */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  formats.set(timeZone, made);
  return made;
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What the zone's clock is ahead of UTC at that moment. */
export function offsetMs(timeZone: string, atMs: number): number {
  // `1/31/2026, GMT+01:00`; GMT alone is none.
  const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(formatOf(timeZone).format(atMs));
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds = '0'] = match;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}

/** The moments at which it shows that: one; two where it was set back; none where it was set forward. Earliest first. */
export function momentsOf(timeZone: string, localMs: number): number[] {
  // No zone's clock is changed twice in two days.
  const offsets = new Set([offsetMs(timeZone, localMs - DAY_MS), offsetMs(timeZone, localMs + DAY_MS)]);
  return [...offsets]
    .map((offset) => localMs - offset)
    .filter((atMs) => offsetMs(timeZone, atMs) === localMs - atMs)
    .sort((a, b) => a - b);
}

/** The moment in (from, to] at which the clock is changed, to the second; null = it is not. */
export function changeIn(timeZone: string, fromMs: number, toMs: number): number | null {
  const before = offsetMs(timeZone, fromMs);
  if (offsetMs(timeZone, toMs) === before) return null;
  let [low, high] = [Math.floor(fromMs / 1000), Math.ceil(toMs / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(timeZone, middle * 1000) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}
