/** Quantities in as few characters as they can be read in. */

/** `0s`, `41s`, `22m`, `3h02m`, `5d03h`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours}h${two(minutes % 60)}m` : `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

/** `512B`, `1.2K`, `35M`, `212G`; powers of 1024. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)}${UNITS[unit]}`;
}
const UNITS = ['B', 'K', 'M', 'G', 'T'];

/** A fraction as percent: of one core, 790% is nearly eight. */
export const percent = (fraction: number): string => `${Math.round(fraction * 100)}%`;

/** `1.2s`: how long after another moment. */
export const secondsAfter = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(1)}s`;

/** `2026-01-31 12:00:03`, in the reader's own time zone. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(two).join('-');
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}

/** `2026-01-31 13:00:03 +01:00`: where it stands by itself, and may be read by somebody elsewhere. */
export function zonedTime(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${localTime(ms)} ${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
