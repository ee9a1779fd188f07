/** What this machine offers for keeping trees apart, found out once at start. */
import type { RunId } from '../../protocol/ids';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
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

/** Makes a run's cgroup; null = this one could not be made, and the run goes without. */
export function makeCgroup(machine: Machine, run: RunId): string | null {
  if (machine.cgroupBase === null) return null;
  const path = join(machine.cgroupBase, `procguard.${run}`);
  try {
    mkdirSync(path);
    return path;
  } catch {
    return null;
  }
}

export function treeOf(machine: Machine, root: TreeRoot, cgroup: string | null): Tree {
  if (machine.treeKind === 'pid-list') return new PidListTree(root);
  return cgroup === null ? new ProcScanTree(root) : new CgroupTree(root, cgroup);
}
