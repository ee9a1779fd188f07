/**
 * The machine's own clock, ms since its boot: what a lease is counted by. Setting the wall clock does not move it, a
 * launcher that comes after this one reads it on, and it runs while the machine sleeps; the manager's clock does, too.
 */
import { uptime } from 'node:os';

export type BootClock = () => number;

export const bootClock: BootClock = () => Math.round(uptime() * 1000);
