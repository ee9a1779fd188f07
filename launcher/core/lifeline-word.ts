/**
 * What a shim says through its lifeline, one word per line:
 * `child <cgroup|-> <stat line>` when the child is born (after it joined its cgroup, before it becomes the program);
 * `exit <status>` when it ended and was reaped. Then the end of the file: the shim is gone.
 */
import { parseProcStat, type ProcStat } from './proc-stat';

export type LifelineWord =
  | { readonly kind: 'child'; readonly inCgroup: boolean; readonly stat: ProcStat }
  | { readonly kind: 'exit'; readonly status: number };

export function parseLifelineWord(line: string): LifelineWord | null {
  if (line.startsWith('exit ')) {
    const status = parseExitRecord(`${line.slice(5)}\n`);
    return status === null ? null : { kind: 'exit', status };
  }
  const child = /^child (cgroup|-) (.*)$/.exec(line);
  const stat = child?.[2] === undefined ? null : parseProcStat(child[2]);
  return stat === null ? null : { kind: 'child', inCgroup: child?.[1] === 'cgroup', stat };
}

/** The `exit` file of a run. A record without its newline was cut short by a full disk or a power cut: it is none. */
export function parseExitRecord(text: string): number | null {
  return /^\d{1,3}\n$/.test(text) ? Number(text) : null;
}
