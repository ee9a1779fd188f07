/** What this machine offers for keeping trees apart, found out once at start. */
import type { RunId } from '../../protocol/ids';
import { join } from 'node:path';
import { findCgroupBase } from './cgroup-mount';
import { hasProc, readBootId } from './identity';
import type { Tree, TreeRoot } from './tree';
import { CgroupTree } from './tree-cgroup';
import { PidListTree } from './tree-pid-list';
import { ProcScanTree } from './tree-proc-scan';

export type TreeKind = Tree['verifiedBy'];

export interface Machine {
  readonly bootId: string;
  readonly treeKind: TreeKind;
  /** Under which runs get their cgroups; null = none. */
  readonly cgroupBase: string | null;
}

/** @param atMost keeps to a lesser way than the machine offers; for machines where cgroups misbehave, and for tests. */
export function lookAtMachine(atMost: TreeKind = 'cgroup'): Machine {
  const bootId = readBootId();
  if (!hasProc() || atMost === 'pid-list') return { bootId, treeKind: 'pid-list', cgroupBase: null };
  const cgroupBase = atMost === 'cgroup' ? findCgroupBase(`procguard.probe.${process.pid}`) : null;
  return { bootId, treeKind: cgroupBase === null ? 'proc-scan' : 'cgroup', cgroupBase };
}

/** Where a run's cgroup will be; null = this machine lets us make none. */
export const cgroupOf = (machine: Machine, run: RunId): string | null =>
  machine.cgroupBase === null ? null : join(machine.cgroupBase, `procguard.${run}`);

export function treeOf(machine: Machine, root: TreeRoot, cgroup: string | null): Tree {
  if (machine.treeKind === 'pid-list') return new PidListTree(root);
  return cgroup === null ? new ProcScanTree(root) : new CgroupTree(root, cgroup);
}
