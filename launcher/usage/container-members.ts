/** A container's living processes, in one look at the table. */
import type { Inside } from '../container/inside';
import { isLiving, type ProcStat } from '../core/proc-stat';
import type { ProcessTable } from '../tree/process-index';
import { pidsIn } from '../tree/tree-cgroup';

export function containerMembers(table: ProcessTable, { first, cgroup }: Inside): readonly ProcStat[] {
  const members = new Map<number, ProcStat>();
  const join = (stat: ProcStat | undefined): void => {
    // Nothing in it is older than its first process.
    if (stat === undefined || stat.startTicks < first.startTicks || members.has(stat.pid)) return;
    members.set(stat.pid, stat);
    for (const child of table.childrenOf(stat.pid)) join(child);
  };
  const leader = table.get(first.pid);
  if (leader?.startTicks === first.startTicks) join(leader);
  if (cgroup !== null) for (const pid of pidsIn(cgroup)) join(table.get(pid));
  return [...members.values()].filter(isLiving);
}
