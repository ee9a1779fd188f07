/** Who of a scene is alive, by the mark in the command line: nothing that ProcGuard itself looks at. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Sighting {
  readonly pid: number;
  readonly startTicks: string;
  readonly parent: number;
  /** Null = it has not said yet (before its own exec), or it is no witness. */
  readonly run: string | null;
  readonly role: 'witness' | 'shim' | 'stranger' | 'ours';
  readonly command: string;
}

/** Living ones; a zombie has nothing left that could do harm. */
export function lookAround(mark: string): Sighting[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const seen = lookAt(Number(entry));
    return seen !== null && seen.command.includes(mark) ? [seen] : [];
  });
}

function lookAt(pid: number): Sighting | null {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (['Z', 'X'].includes(fields[0] ?? '')) return null;
    const [, run = null] = /^witness \S+ (\S+)|witness\.pl \S+ \S+ \S+ (\S+)/.exec(command)?.filter(Boolean) ?? [];
    return {
      pid,
      startTicks: fields[19] ?? '',
      parent: Number(fields[1]),
      run,
      role: roleOf(command),
      command,
    };
  } catch {
    return null; // it ended while it was looked at
  }
}

function roleOf(command: string): Sighting['role'] {
  if (command.includes('stranger')) return 'stranger';
  if (/\bshim-\w+\.sh /.test(command)) return 'shim';
  return /\/(launcher|procguard)\.js /.test(command) ? 'ours' : 'witness';
}

/** To exactly this one, if it is still there. */
export function signal({ pid, startTicks }: Sighting, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  if (lookAt(pid)?.startTicks !== startTicks) return;
  try {
    process.kill(pid, name);
  } catch {
    // it went this moment
  }
}

export const end = (seen: Sighting): void => signal(seen, 'SIGKILL');
