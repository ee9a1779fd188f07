/**
 * The processes of a run's container, as this machine has them. They descend from its engine and not from the run's child, so
 * they are in no tree of ours; nothing here is used to signal anybody.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../process/identity';
import { readProcText, readStat } from '../process/identity';
import { mountOf, versionOneMountOf } from '../tree/cgroup-mount';

export interface Inside {
  /** Its first process, by the machine's own numbers. All that it begins, and all that loses its parent inside, descends from it. */
  readonly first: Identity;
  /** Directory of its cgroup: who was brought in from outside (`docker exec`) is in there too. Null = none of its own is to be seen. */
  readonly cgroup: string | null;
}

/** @param pid as its engine tells it; 0 = it had ended. Null = it is not on this machine, or not any more */
export function lookInside({ id, pid }: { readonly id: string; readonly pid: number }): Inside | null {
  const stat = pid > 0 ? readStat(pid) : null;
  // An engine elsewhere (in a virtual machine, at another host) counts otherwise, and its number is a stranger's here.
  if (stat === null || !isFirstInside(pid)) return null;
  const placed = readProcText(`/proc/${pid}/cgroup`) ?? '';
  const places = placesNaming(id, placed, readProcText('/proc/self/mounts') ?? '');
  const cgroup = places.find((path) => existsSync(join(path, 'cgroup.procs'))) ?? null;
  return { first: { pid, startTicks: stat.startTicks }, cgroup };
}

/** `NSpid:\t4711\t1`: it has number 1 in a namespace below ours. */
const isFirstInside = (pid: number): boolean =>
  /^NSpid:(?:\t\d+)+\t1$/m.test(readProcText(`/proc/${pid}/status`) ?? '');

/**
 * Cgroups on a process's ways up whose name holds the container's id, in every hierarchy: engines name them so. Without cgroups
 * of their own, containers stand in their engine's, with much that is not theirs.
 */
export function placesNaming(id: string, placed: string, mounts: string): string[] {
  return placed.split('\n').flatMap((line) => {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    const names = path.split('/');
    const at = names.findIndex((name) => name.includes(id));
    const mount =
      controllers === '' ? mountOf(mounts) : versionOneMountOf(mounts, controllers.split(',')[0] ?? controllers);
    return at < 0 || mount === null ? [] : [join(mount, ...names.slice(0, at + 1))];
  });
}
