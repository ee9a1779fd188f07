/** Where this machine lets us make cgroups, if anywhere. Version 2 only; hybrid machines mount it beside version 1. */
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** The directory under which a run's cgroup can be made; null = none. Found out by making one. */
export function findCgroupBase(probeName: string): string | null {
  const mount = mountOf(readText('/proc/self/mounts'));
  const own = ownPathOf(readText('/proc/self/cgroup'));
  if (mount === null || own === null) return null;
  const base = join(mount, own);
  const probe = join(base, probeName);
  try {
    mkdirSync(probe);
    readFileSync(join(probe, 'cgroup.events'));
    rmdirSync(probe);
    return base;
  } catch {
    return null; // not ours to write: the scan of /proc does it
  }
}

/** The first cgroup2 mount of a mounts table. Spaces in a path are written `\040` there. */
export function mountOf(mounts: string): string | null {
  for (const line of mounts.split('\n')) {
    const [, path, type] = line.split(' ');
    if (type === 'cgroup2' && path !== undefined)
      return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  }
  return null;
}

/** Our own place in version 2: the `0::` line. `/../..` = outside of this container's view. */
export function ownPathOf(cgroup: string): string | null {
  const path = /^0::(\/.*)$/m.exec(cgroup)?.[1];
  return path === undefined || path.startsWith('/..') ? null : path;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
