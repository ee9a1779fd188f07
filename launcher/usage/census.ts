/** Every run's tree at one moment, for the figures: one look at the process table for all of them. */
import type { RunId } from '../../protocol/ids';
import type { Inside } from '../container/inside';
import { isLiving, type ProcStat } from '../core/proc-stat';
import type { ProcessTable } from '../tree/process-index';
import type { TreeRoot } from '../tree/tree';
import { treeIn } from '../tree/tree-in-table';
import { containerMembers } from './container-members';

/** A run, as far as it is counted. */
export interface Counted {
  readonly root: TreeRoot;
  /** Its container's processes are counted instead of the program that keeps it. Null = it is none, or not there yet. */
  readonly inside: Inside | null;
}

export interface CountedTree {
  /** Living, the shim left out. */
  readonly members: readonly ProcStat[];
  readonly leader: 'lives' | 'dead-unreaped' | 'gone';
}

export class Census {
  /** Members of the look before, by run: pid -> start. */
  #known: ReadonlyMap<RunId, ReadonlyMap<number, number>> = new Map();

  count(table: ProcessTable, runs: readonly Counted[]): ReadonlyMap<RunId, CountedTree> {
    const trees = new Map<RunId, CountedTree>();
    for (const { root, inside } of runs) {
      const isShim = root.shim !== null && table.get(root.shim.pid)?.startTicks === root.shim.startTicks;
      const members =
        inside === null
          ? treeIn(table, root, this.#known.get(root.run) ?? new Map(), isShim)
          : containerMembers(table, inside);
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
