/**
 * The machine's own clock, ms since its boot: what a lease is counted by. Setting the wall clock does not move it, a
 * launcher that comes after this one reads it on, and it runs while the machine sleeps; the manager's clock does, too.
 */
import { uptime } from 'node:os';

export type BootClock = () => number;

let read = { atMs: -Infinity, upMs: 0 };

/** Read once in a millisecond: each time it is a file of the kernel's. */
export const bootClock: BootClock = () => {
  const atMs = performance.now();
  if (atMs - read.atMs >= 1) read = { atMs, upMs: Math.round(uptime() * 1000) };
  return read.upMs;
};
