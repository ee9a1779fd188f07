/** For tests of who killed a process: the kernel counts its memory kills for the whole machine, and one of somebody else's leaves that open. */
import { readFileSync } from 'node:fs';

const killsOfMachine = (): string => /^oom_kill \d+$/m.exec(readFileSync('/proc/vmstat', 'latin1'))?.[0] ?? '';

/** What comes of it, when the kernel killed nobody for memory meanwhile; it is tried again as long as it did. */
export async function undisturbed<T>(scenario: () => Promise<T>): Promise<T> {
  for (;;) {
    const before = killsOfMachine();
    const result = await scenario();
    if (killsOfMachine() === before) return result;
  }
}
