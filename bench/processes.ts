/** What processes cost, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Memory {
  /** Resident: pages shared with others counted whole. */
  readonly rssBytes: number;
  /** Proportional: pages shared with n others counted as an nth. What the machine would get back, about. */
  readonly pssBytes: number;
}

export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const bytes = (field: string): number =>
    1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  return { rssBytes: bytes('Rss'), pssBytes: bytes('Pss') };
}

export const sumOf = (memories: readonly Memory[]): Memory => ({
  rssBytes: memories.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
  pssBytes: memories.reduce((sum, { pssBytes }) => sum + pssBytes, 0),
});

/** Seconds of a core that a process has used, all its threads together. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [, , , , , , , , , , , user = '0', system = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}
/** USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Living children, found by their parent's number. */
export function childrenOf(parent: number): { readonly pid: number; readonly name: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const end = stat.lastIndexOf(')');
        const isOurs = Number(stat.slice(end + 2).split(' ')[1]) === parent;
        return isOurs ? [{ pid: Number(name), name: stat.slice(stat.indexOf('(') + 1, end) }] : [];
      } catch {
        return []; // it ended while we looked
      }
    });
}
