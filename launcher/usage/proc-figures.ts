/** Single figures of one process from /proc. Null = cannot be read: it ended, or belongs to somebody else. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { readProcText } from '../process/identity';

/** What the kernel counts in. */
export const SYSTEM: { readonly ticksPerSecond: number; readonly pageBytes: number } = askSystem();

function askSystem() {
  try {
    const told = execFileSync('/bin/sh', ['-c', 'getconf CLK_TCK; getconf PAGESIZE'], { encoding: 'latin1' });
    const [ticksPerSecond = 100, pageBytes = 4096] = told.trim().split('\n').map(Number);
    return { ticksPerSecond, pageBytes };
  } catch {
    return { ticksPerSecond: 100, pageBytes: 4096 };
  }
}

/** Bytes from and to disks, not those that only the page cache saw. */
export function readIo(pid: number): { read: number; written: number } | null {
  const text = readProcText(`/proc/${pid}/io`);
  const number = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text ?? '')?.[1]);
  const read = number('read_bytes');
  return Number.isNaN(read) ? null : { read, written: number('write_bytes') };
}

export function readDescriptors(pid: number): number | null {
  try {
    const path = `/proc/${pid}/fd`;
    // Since Linux 6.2 the directory's size is the count.
    const { size } = statSync(path);
    return size > 0 ? size : readdirSync(path).length;
  } catch {
    return null;
  }
}

/** Proportional set size: memory shared by n processes counts an nth of each. */
export function readPssBytes(pid: number): number | null {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readProcText(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
