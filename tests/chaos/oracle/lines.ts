/** The lines of a witness, made again from their numbers: what must be stored of its life, byte for byte. */
import { createHash } from 'node:crypto';
import type { Role } from '../plan/cast';
import type { Life } from './truth';

const ALPHABET = Buffer.from(Array.from({ length: 1024 }, (_, i) => 97 + (i % 26)));
const padding = Buffer.concat(Array.from({ length: 4096 }, () => ALPHABET));

export function lineOf(role: Role, n: number): Buffer {
  if (role === 'loud') return long(n, 4 * 1024 * 1024);
  if (role === 'longLines' && n % 5 === 0) return long(n, 1024 * 1024);
  if (role === 'binary') return Buffer.from(Array.from({ length: 1023 }, (_, i) => (i * 7 + n) % 256));
  return Buffer.from(`${n} ${'x'.repeat((n * 37) % 60)}\n`);
}

const long = (n: number, bytes: number): Buffer =>
  Buffer.concat([Buffer.from(`${String(n).padStart(8, '0')} `), padding.subarray(0, bytes - 10), Buffer.from('\n')]);

/** Bytes that its writes took, in all. A kill may have come between the last write and its account: then some more. */
export const bytesOf = ({ taken }: Life): number => taken.reduce((sum, bytes) => sum + bytes, 0);

/**
 * Whether what is stored is what was written. @returns what is wrong; null = nothing is
 */
export function compare(role: Role, life: Life, stored: Buffer): string | null {
  const pieces = life.taken.map((bytes, i) => lineOf(role, i + 1).subarray(0, bytes));
  const written = Buffer.concat(pieces);
  if (stored.equals(written)) return null;
  // Killed in the middle of a write, or between the write and its account.
  const unaccounted = lineOf(role, life.taken.length + 1).subarray(0, Math.max(0, stored.length - written.length));
  if (life.exitCode === null && stored.equals(Buffer.concat([written, unaccounted]))) return null;
  const at = firstDifference(stored, written);
  return (
    `${stored.length} bytes are stored and ${written.length} were written; they part at byte ${at} ` +
    `(stored ${show(stored, at)}, written ${show(written, at)}; sha256 ${digest(stored)}, ${digest(written)})`
  );
}

function firstDifference(a: Buffer, b: Buffer): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return i;
  return shorter;
}

const show = (bytes: Buffer, at: number): string =>
  JSON.stringify(bytes.subarray(Math.max(0, at - 10), at + 20).toString('latin1'));
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 8);
