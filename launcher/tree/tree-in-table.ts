/** Who belongs to a run's tree, by all that relates processes: pure over one look at the table. */
import { isLiving, type ProcStat } from '../core/proc-stat';
import type { ProcessTable } from './process-index';
import type { TreeRoot } from './tree';

/**
 * Living members, the shim left out.
 * @param known pid -> start, members of an earlier look: they stay members when they lose every mark
 * @param byNumber the numbers of the run's session and group can be trusted to be its own
 */
export function treeIn(
  table: ProcessTable,
  { run, shim, child }: TreeRoot,
  known: ReadonlyMap<number, number>,
  byNumber: boolean,
): ProcStat[] {
  const root = shim ?? child;
  if (root === null) return [];
  const members = new Map<number, ProcStat>();
  const isPossible = (stat: ProcStat): boolean =>
    // Nothing of the run is older than its shim.
    stat.startTicks >= root.startTicks && stat.pid !== shim?.pid && stat.pid !== process.pid;
  const join = (stat: ProcStat): void => {
    if (!isPossible(stat) || members.has(stat.pid)) return;
    members.set(stat.pid, stat);
    // Children of members that hide from all else.
    for (const descendant of table.childrenOf(stat.pid)) join(descendant);
  };
  for (const [pid, startTicks] of known) {
    const stat = table.get(pid);
    if (stat?.startTicks === startTicks) join(stat);
  }
  if (shim !== null && byNumber)
    for (const stat of [...table.inSession(shim.pid), ...table.inGroup(shim.pid)]) join(stat);
  for (const stat of table.marked(run, root.startTicks)) join(stat);
  return [...members.values()].filter(isLiving);
}
