/** What the kernel itself holds a process to: read from its cgroups and its status, whoever put it there. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mountOf, ownPathIn, ownPathOf, versionOneMountOf } from '../tree/cgroup-mount';

/** Null = no limit. */
export interface KernelLimits {
  readonly memoryBytes: number | null;
  readonly cpuCores: number | null;
  readonly pids: number | null;
  readonly noNewPrivileges: boolean;
  /** The user by the machine's own numbers. */
  readonly uid: number;
}

/** Null = it is not to be seen from here: it ended, or the engine runs elsewhere. */
export function kernelLimitsOf(pid: number): KernelLimits | null {
  const status = readText(`/proc/${pid}/status`);
  const own = readText(`/proc/${pid}/cgroup`);
  const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
  if (uid === undefined || own === '') return null;
  const mounts = readText('/proc/self/mounts');
  const least = (
    controller: string,
    files: Record<1 | 2, string>,
    read: (text: string, directory: string) => number | null,
  ) => leastOnTheWayUp(placeOf(mounts, own, controller), files, read);
  return {
    memoryBytes: least('memory', { 1: 'memory.limit_in_bytes', 2: 'memory.max' }, bounded),
    cpuCores: least('cpu', { 1: 'cpu.cfs_quota_us', 2: 'cpu.max' }, cores),
    pids: least('pids', { 1: 'pids.max', 2: 'pids.max' }, bounded),
    noNewPrivileges: /^NoNewPrivs:\s+1$/m.test(status),
    uid: Number(uid),
  };
}

interface Place {
  readonly version: 1 | 2;
  readonly mount: string;
  readonly path: string;
}

/** A controller is in one hierarchy only: on hybrid machines in one of version 1. */
function placeOf(mounts: string, own: string, controller: string): Place | null {
  const [mount1, path1] = [versionOneMountOf(mounts, controller), ownPathIn(own, controller)];
  if (mount1 !== null && path1 !== null) return { version: 1, mount: mount1, path: path1 };
  const [mount2, path2] = [mountOf(mounts), ownPathOf(own)];
  return mount2 === null || path2 === null ? null : { version: 2, mount: mount2, path: path2 };
}

/** A limit may stand in any cgroup above the process's own, and the least one holds. */
function leastOnTheWayUp(
  place: Place | null,
  files: Record<1 | 2, string>,
  read: (text: string, directory: string) => number | null,
): number | null {
  if (place === null) return null;
  const found: number[] = [];
  for (let path = place.path; ; path = dirname(path)) {
    const directory = join(place.mount, path);
    const limit = read(readText(join(directory, files[place.version])).trim(), directory);
    if (limit !== null) found.push(limit);
    if (path === '/' || path === '.') break;
  }
  return found.length === 0 ? null : Math.min(...found);
}

/** Version 1 writes "no limit" as the largest number there is, version 2 as the word max. */
const bounded = (text: string): number | null => (/^\d+$/.test(text) && Number(text) < 2 ** 60 ? Number(text) : null);

/** Version 2 has quota and period in one file, version 1 in two; "no limit" is max, or -1. */
function cores(text: string, directory: string): number | null {
  const [quota = '', period = readText(join(directory, 'cpu.cfs_period_us')).trim()] = text.split(' ');
  return /^\d+$/.test(quota) && Number(period) > 0 ? Number(quota) / Number(period) : null;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
