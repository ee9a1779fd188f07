/** How long a program had to wait for a core, by the kernel's own count: what a busy machine takes, and not the program. */
import { readdirSync, readFileSync } from 'node:fs';

/** Since it began, of all its threads together. 0 where the kernel does not tell, or the program is gone. */
export function runDelayMs(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + delayOf(`/proc/${pid}/task/${thread}`), 0);
  } catch {
    return 0;
  }
}

/** Of the thread that does all of its JavaScript. */
export const mainDelayMs = (pid: number): number => delayOf(`/proc/${pid}`);

function delayOf(directory: string): number {
  try {
    return Number(readFileSync(`${directory}/schedstat`, 'latin1').split(' ')[1] ?? 0) / 1e6;
  } catch {
    return 0; // it ended while it was looked at
  }
}
