/**
 * Durations and sizes as people write them, and nothing looser: `90`, `"10s"`, `"1.5h"`; `1048576`, `"512M"`, `"2GiB"`.
 * A bare number is seconds or bytes. Units of size are powers of 1024, as in systemd and in cgroup files.
 */
import { z } from 'zod';

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** A thousand years: what is longer is a slip, and a moment so far away has no date. */
const LONGEST_MS = 365_250 * 86_400_000;
const SIZE_BYTES: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** Milliseconds; null = not understood, or more than a thousand years. */
export function durationMs(text: string | number): number | null {
  if (typeof text === 'number') return text >= 0 ? bounded(text * 1000) : null;
  const parts = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\s*$/.exec(text);
  if (parts === null) return null;
  return bounded(Number(parts[1]) * (DURATION_MS[parts[2] ?? 's'] ?? 1000));
}

const bounded = (ms: number): number | null => (ms <= LONGEST_MS ? Math.round(ms) : null);

/** Bytes; null = not understood. */
export function sizeBytes(text: string | number): number | null {
  if (typeof text === 'number') return Number.isInteger(text) && text >= 0 ? text : null;
  const parts = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*$/i.exec(text);
  if (parts === null) return null;
  return Math.round(Number(parts[1]) * (SIZE_BYTES[(parts[2] ?? '').toUpperCase()] ?? 1));
}

/** `512M`, `1.5G`, `300`: as `sizeBytes` reads it again, shortened to two digits behind the point. */
export function sizeText(bytes: number): string {
  const [unit, factor] = Object.entries(SIZE_BYTES).findLast(([, size]) => bytes >= size) ?? ['', 1];
  return `${Number((bytes / factor).toFixed(2))}${unit}`;
}

/** Exact, in the largest unit that leaves no rest. */
export const duration = (ms: number): string => inUnits(ms, { h: 3_600_000, m: 60_000, s: 1000, ms: 1 });
export const size = (bytes: number): string =>
  inUnits(bytes, { T: 2 ** 40, G: 2 ** 30, M: 2 ** 20, K: 2 ** 10, '': 1 });

function inUnits(amount: number, units: Readonly<Record<string, number>>): string {
  const [unit, factor] = Object.entries(units).find(([, size]) => amount >= size && amount % size === 0) ?? ['', 1];
  return `${amount / factor}${unit}`;
}

/** In: a number of seconds or text with a unit. Out: milliseconds. */
export const Duration = z.union([z.number(), z.string()]).transform((written, context) => {
  const ms = durationMs(written);
  if (ms !== null) return ms;
  context.addIssue({ code: 'custom', message: 'must be seconds, or a number with ms, s, m, h or d (10s, 1.5h)' });
  return z.NEVER;
});

/** In: a number of bytes or text with a unit. Out: bytes. */
export const Size = z.union([z.number(), z.string()]).transform((written, context) => {
  const bytes = sizeBytes(written);
  if (bytes !== null) return bytes;
  context.addIssue({ code: 'custom', message: 'must be bytes, or a number with K, M, G or T (512M, 2G)' });
  return z.NEVER;
});
