/** One line of /proc/<pid>/stat. Source: proc(5). The name may hold spaces and parentheses, so it is cut at the last. */
export interface ProcStat {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly threads: number;
  /** Clock ticks after boot: with the pid and the boot id, a process's identity. */
  readonly startTicks: number;
  /** User and system time so far, all threads. */
  readonly cpuTicks: number;
  readonly rssPages: number;
}

export function parseProcStat(line: string): ProcStat | null {
  const open = line.indexOf('(');
  const close = line.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = line.slice(close + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const stat: ProcStat = {
    pid: Number(line.slice(0, open)),
    name: line.slice(open + 1, close),
    state: fields[0] ?? '',
    parent: field(4),
    group: field(5),
    session: field(6),
    threads: field(20),
    startTicks: field(22),
    cpuTicks: field(14) + field(15),
    // What the shim writes where it has no /proc ends before it.
    rssPages: field(24) || 0,
  };
  return Number.isInteger(stat.pid) && Number.isInteger(stat.startTicks) ? stat : null;
}

/** A zombie has ended. But a leader thread that ended while its other threads run also shows as Z: that one lives. */
export const isLiving = (stat: ProcStat): boolean =>
  (stat.state !== 'Z' && stat.state !== 'X' && stat.state !== 'x') || stat.threads > 1;
