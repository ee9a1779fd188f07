/**
 * Where a run's cgroup can have a controller (memory, cpu, pids), found out by making one.
 *
 * Version 2 first: beside the launcher, or one level up, because a cgroup that holds processes (the launcher, its shims) can
 * have no controllers in its children; with systemd's `DelegateSubgroup=` or under a slice the level above has none. Else
 * version 1, where each controller has a hierarchy of its own; on hybrid machines (systemd before 2021) both are mounted.
 * Always at or below the launcher's own place and its parent, so that what an administrator gave that place still holds.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Controller } from '../core/limit-plan';
import { mountOf, ownPathIn, ownPathOf, versionOneMountOf } from '../tree/cgroup-mount';

export interface ControllerPlace {
  readonly version: 1 | 2;
  /** The directory under which a run's cgroup is made. The same one for all controllers of version 2. */
  readonly base: string;
}
export type ControllerPlaces = ReadonlyMap<Controller, ControllerPlace>;

/** By which file a controller is known to work. */
const FILES: Readonly<Record<Controller, { readonly 1: string; readonly 2: string }>> = {
  memory: { 1: 'memory.limit_in_bytes', 2: 'memory.max' },
  cpu: { 1: 'cpu.cfs_quota_us', 2: 'cpu.max' },
  pids: { 1: 'pids.max', 2: 'pids.max' },
};
const CONTROLLERS: readonly Controller[] = ['memory', 'cpu', 'pids'];

export function findControllers(probeName: string): ControllerPlaces {
  const mounts = readText('/proc/self/mounts');
  const own = readText('/proc/self/cgroup');
  const places = new Map<Controller, ControllerPlace>();
  const [best] = basesOfVersionTwo(mounts, own)
    .map((base) => ({ base, offered: CONTROLLERS.filter((controller) => offers(base, controller, probeName)) }))
    .sort((a, b) => b.offered.length - a.offered.length);
  for (const controller of best?.offered ?? []) places.set(controller, { version: 2, base: best?.base ?? '' });
  for (const controller of CONTROLLERS) {
    if (places.has(controller)) continue;
    const base = baseOfVersionOne(mounts, own, controller);
    if (base !== null && canBeMade(base, FILES[controller][1], probeName)) places.set(controller, { version: 1, base });
  }
  return places;
}

function basesOfVersionTwo(mounts: string, own: string): string[] {
  const mount = mountOf(mounts);
  const path = ownPathOf(own);
  if (mount === null || path === null) return [];
  return path === '/' ? [mount] : [join(mount, path), dirname(join(mount, path))];
}

function offers(base: string, controller: Controller, probeName: string): boolean {
  const control = join(base, 'cgroup.subtree_control');
  if (!wordsIn(join(base, 'cgroup.controllers')).includes(controller)) return false;
  if (!wordsIn(control).includes(controller))
    try {
      writeFileSync(control, `+${controller}`, { flag: 'r+' });
    } catch {
      return false; // processes are in there, or it is not ours
    }
  return canBeMade(base, FILES[controller][2], probeName);
}

/** In a container the path is one of the host's: then the mount itself is where we are. */
function baseOfVersionOne(mounts: string, own: string, controller: Controller): string | null {
  const mount = versionOneMountOf(mounts, controller);
  if (mount === null) return null;
  const base = join(mount, ownPathIn(own, controller) ?? '/');
  return existsSync(base) ? base : mount;
}

function canBeMade(base: string, file: string, probeName: string): boolean {
  const probe = join(base, probeName);
  try {
    mkdirSync(probe);
    const works = existsSync(join(probe, file));
    rmdirSync(probe);
    return works;
  } catch {
    return false;
  }
}

const wordsIn = (path: string): string[] => readText(path).trim().split(/\s+/);

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
