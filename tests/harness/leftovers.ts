/** Processes that carry a world's mark in their environment, found in /proc. */
import { readdirSync, readFileSync } from 'node:fs';

export const MARK = 'PROCGUARD_TEST';

export interface Leftover {
  readonly pid: number;
  readonly startTicks: string;
  readonly command: string;
}

export function findMarked(id: string): Leftover[] {
  const needle = `${MARK}=${id}\0`;
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return [];
    try {
      if (!readFileSync(`/proc/${entry}/environ`, 'latin1').includes(needle)) return [];
      const command = readFileSync(`/proc/${entry}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
      return [{ pid: Number(entry), startTicks: startTicksOf(entry), command }];
    } catch {
      return []; // it ended while it was looked at, or is another user's
    }
  });
}

/** SIGKILL, only if it is still the one that was found. */
export function endLeftover({ pid, startTicks }: Leftover): void {
  try {
    if (startTicksOf(String(pid)) === startTicks) process.kill(pid, 'SIGKILL');
  } catch {
    // gone by itself
  }
}

/** Field 22 of the stat line, counted from behind the name. */
function startTicksOf(pid: string): string {
  const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** True while the pid names a living process (a zombie is none). */
export function isAlive(pid: number): boolean {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !['Z', 'X'].includes(line.charAt(line.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
