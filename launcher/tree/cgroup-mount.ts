/**
 * Where this machine lets us make cgroups, if anywhere. Trees are kept together by version 2 only, which hybrid machines
 * mount beside version 1; limits take either (controllers.ts).
 */
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
    if (type === 'cgroup2' && path !== undefined) return unescaped(path);
  }
  return null;
}

/** The version 1 mount of a controller. Several may share one: `cpu,cpuacct`. */
export function versionOneMountOf(mounts: string, controller: string): string | null {
  for (const line of mounts.split('\n')) {
    const [, path, type, options] = line.split(' ');
    if (type === 'cgroup' && path !== undefined && options?.split(',').includes(controller)) return unescaped(path);
  }
  return null;
}

const unescaped = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

/** Our own place in version 2: the `0::` line. `/../..` = outside of this container's view. */
export function ownPathOf(cgroup: string): string | null {
  const path = /^0::(\/.*)$/m.exec(cgroup)?.[1];
  return path === undefined || path.startsWith('/..') ? null : path;
}

/** Our own place in the version 1 hierarchy of a controller: its line `4:cpu,cpuacct:/path`. */
export function ownPathIn(cgroup: string, controller: string): string | null {
  for (const line of cgroup.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers?.split(',').includes(controller) && path !== undefined && !path.startsWith('/..')) return path;
  }
  return null;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
