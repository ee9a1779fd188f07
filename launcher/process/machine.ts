/** What this machine offers for keeping trees apart, found out once at start. */
import type { Abilities } from '../core/limit-plan';
import type { RunId } from '../../protocol/ids';
import { join } from 'node:path';
import { readAbilities } from '../birth/abilities';
import { findCgroupBase } from '../tree/cgroup-mount';
import { findControllers, type ControllerPlaces } from '../birth/controllers';
import { hasProc, readBootId } from './identity';
import { MachineMemoryKills } from './memory-kills';
import { ProcessIndex } from '../tree/process-index';
import { isOfShim } from '../tree/shim-cgroup';
import type { Tree, TreeRoot } from '../tree/tree';
import { CgroupTree } from '../tree/tree-cgroup';
import { PidListTree } from '../tree/tree-pid-list';
import { ProcScanTree } from '../tree/tree-proc-scan';

export type TreeKind = Tree['verifiedBy'];

export interface Machine {
  readonly bootId: string;
  readonly treeKind: TreeKind;
  /** Under which runs get their cgroups; null = none. */
  readonly cgroupBase: string | null;
  /** Who runs here, for all who look. */
  readonly index: ProcessIndex;
  readonly memoryKills: MachineMemoryKills;
  /** What a run's cgroup can be limited by, and where. Found out when it is first asked for: most runs have no limits. */
  controllers(): ControllerPlaces;
  abilities(): Abilities;
}

/** @param atMost keeps to a lesser way than the machine offers; for machines where cgroups misbehave, and for tests. */
export function lookAtMachine(atMost: TreeKind = 'cgroup'): Machine {
  const probeName = `procguard.probe.${process.pid}`;
  const wantsCgroups = hasProc() && atMost === 'cgroup';
  const cgroupBase = wantsCgroups ? findCgroupBase(probeName) : null;
  const scans = hasProc() && atMost !== 'pid-list';
  const controllers = once(() => (wantsCgroups ? findControllers(probeName) : new Map<never, never>()));
  return {
    bootId: readBootId(),
    treeKind: cgroupBase !== null ? 'cgroup' : scans ? 'proc-scan' : 'pid-list',
    cgroupBase,
    index: new ProcessIndex(),
    memoryKills: new MachineMemoryKills(() => performance.now()),
    controllers,
    abilities: once(() => readAbilities(atMost === 'cgroup' ? controllers() : null)),
  };
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | null = null;
  return () => (found ??= { value: find() }).value;
}

/** Where a run's cgroup will be; null = this machine lets us make none. */
export const cgroupOf = (machine: Machine, run: RunId): string | null =>
  machine.cgroupBase === null ? null : join(machine.cgroupBase, `procguard.${run}`);

export function treeOf(machine: Machine, root: TreeRoot, cgroup: string | null): Tree {
  if (machine.treeKind === 'pid-list') return new PidListTree(root);
  if (cgroup === null) return new ProcScanTree(root, machine.index);
  return new CgroupTree(root, cgroup, machine.index, isOfShim(cgroup));
}
