/** Every run's tree at one moment, for the figures: one look at the process table for all of them. */
import type { RunId } from '../../protocol/ids';
import { isLiving, type ProcStat } from '../core/proc-stat';
import type { ProcessTable } from '../tree/process-index';
import type { TreeRoot } from '../tree/tree';
import { treeIn } from '../tree/tree-in-table';

export interface CountedTree {
  /** Living, the shim left out. */
  readonly members: readonly ProcStat[];
  readonly leader: 'lives' | 'dead-unreaped' | 'gone';
}

export class Census {
  /** Members of the look before, by run: pid -> start. */
  #known: ReadonlyMap<RunId, ReadonlyMap<number, number>> = new Map();

  count(table: ProcessTable, roots: readonly TreeRoot[]): ReadonlyMap<RunId, CountedTree> {
    const trees = new Map<RunId, CountedTree>();
    for (const root of roots) {
      const isShim = root.shim !== null && table.get(root.shim.pid)?.startTicks === root.shim.startTicks;
      const members = treeIn(table, root, this.#known.get(root.run) ?? new Map(), isShim);
      trees.set(root.run, { members, leader: leaderIn(table, root) });
    }
    this.#known = new Map(
      [...trees].map(([run, { members }]) => [run, new Map(members.map(({ pid, startTicks }) => [pid, startTicks]))]),
    );
    return trees;
  }
}

function leaderIn(table: ProcessTable, { child }: TreeRoot): CountedTree['leader'] {
  const stat = child === null ? undefined : table.get(child.pid);
  if (stat === undefined || stat.startTicks !== child?.startTicks) return 'gone';
  return isLiving(stat) ? 'lives' : 'dead-unreaped';
}
