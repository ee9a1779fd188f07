/** Spans and sizes as people read them. */
export interface Units {
  readonly second: string;
  readonly minute: string;
  readonly hour: string;
  readonly day: string;
}

/** Two units at most: `12s`, `3m 20s`, `3h 02m`, `4d 3h`. Negative spans are shown as none. */
export function formatSpan(ms: number, units: Units): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return `${seconds}${units.second}`;
  if (minutes < 60) return `${minutes}${units.minute} ${two(seconds % 60)}${units.second}`;
  if (hours < 24) return `${hours}${units.hour} ${two(minutes % 60)}${units.minute}`;
  return `${Math.floor(hours / 24)}${units.day} ${hours % 24}${units.hour}`;
}

/** `1.2 s`: short spans where tenths matter. */
export const formatSeconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 99_950 ? 1 : 0)} s`;

/** Of something that took long or not: tenths where they matter. */
export const tookText = (ms: number, units: Units): string => (ms < 60_000 ? formatSeconds(ms) : formatSpan(ms, units));

const two = (n: number): string => String(n).padStart(2, '0');

const STEPS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** In steps of 1024, three figures: `1.21 GB`, `356 MB`. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let step = 0;
  while (value >= 999.5 && step < STEPS.length - 1) {
    value /= 1024;
    step++;
  }
  const digits = step === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${STEPS[step]}`;
}

/** Cores as a percentage of one core: `132%`. */
export const formatCpu = (cores: number): string => {
  const percent = cores * 100;
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent)}%`;
};
