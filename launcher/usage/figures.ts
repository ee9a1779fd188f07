/** What one run's tree uses, from what /proc tells of its members; rates are over the time since the last look. */
import type { ProcStat } from '../core/proc-stat';
import { readDescriptors, readIo, readPssBytes, SYSTEM } from './proc-figures';

export interface Figures {
  readonly cpu: number;
  readonly rssBytes: number;
  readonly pssBytes: number | null;
  readonly readBytesPerSecond: number | null;
  readonly writeBytesPerSecond: number | null;
  readonly openFiles: number | null;
}

/** Descriptors and disk traffic cost a file each per process: looked at this often. */
const DEEP_EVERY_MS = 10_000;
/** Shared memory takes a walk over page tables, which a program that maps memory meanwhile must wait for. */
const PSS = { everyMs: 30_000, rssBytesMax: 4 * 2 ** 30, costShare: 0.002 };

export class TreeFigures {
  #ticks: ReadonlyMap<string, number> | null = null;
  #io: ReadonlyMap<string, { readonly read: number; readonly written: number }> | null = null;
  #atMs = 0;
  #deepAtMs = -Infinity;
  #pssDueMs = -Infinity;
  #deep: Pick<Figures, 'readBytesPerSecond' | 'writeBytesPerSecond' | 'openFiles'> = {
    readBytesPerSecond: null,
    writeBytesPerSecond: null,
    openFiles: null,
  };
  #pssBytes: number | null = null;

  look(members: readonly ProcStat[], nowMs: number): Figures {
    const cpu = this.#cpu(members, nowMs);
    const rssBytes = members.reduce((sum, { rssPages }) => sum + rssPages, 0) * SYSTEM.pageBytes;
    if (nowMs - this.#deepAtMs >= DEEP_EVERY_MS) this.#lookDeep(members, nowMs);
    if (nowMs >= this.#pssDueMs) this.#lookAtPss(members, rssBytes, nowMs);
    this.#atMs = nowMs;
    return { cpu, rssBytes, pssBytes: this.#pssBytes, ...this.#deep };
  }

  /** Cores. What a process used before it was first seen counts only if it was born since the last look. */
  #cpu(members: readonly ProcStat[], nowMs: number): number {
    const before = this.#ticks;
    const now = new Map(members.map((stat) => [keyOf(stat), stat.cpuTicks]));
    this.#ticks = now;
    const seconds = (nowMs - this.#atMs) / 1000;
    if (before === null || seconds <= 0) return 0;
    let ticks = 0;
    for (const [key, used] of now) ticks += Math.max(0, used - (before.get(key) ?? 0));
    return Math.round((ticks / SYSTEM.ticksPerSecond / seconds) * 1000) / 1000;
  }

  #lookDeep(members: readonly ProcStat[], nowMs: number): void {
    const before = this.#io;
    const seconds = (nowMs - this.#deepAtMs) / 1000;
    const now = new Map<string, { read: number; written: number }>();
    let openFiles: number | null = null;
    for (const stat of members) {
      const io = readIo(stat.pid);
      if (io !== null) now.set(keyOf(stat), io);
      const own = readDescriptors(stat.pid);
      if (own !== null) openFiles = (openFiles ?? 0) + own;
    }
    const rate = (what: 'read' | 'written'): number | null => {
      if (before === null || now.size === 0) return null;
      let bytes = 0;
      for (const [key, io] of now) bytes += Math.max(0, io[what] - (before.get(key)?.[what] ?? 0));
      return Math.round(bytes / seconds);
    };
    this.#deep = { readBytesPerSecond: rate('read'), writeBytesPerSecond: rate('written'), openFiles };
    this.#io = now;
    this.#deepAtMs = nowMs;
  }

  #lookAtPss(members: readonly ProcStat[], rssBytes: number, nowMs: number): void {
    this.#pssDueMs = nowMs + PSS.everyMs;
    if (rssBytes > PSS.rssBytesMax) return void (this.#pssBytes = null);
    const began = performance.now();
    let bytes: number | null = null;
    for (const { pid } of members) {
      const own = readPssBytes(pid);
      if (own !== null) bytes = (bytes ?? 0) + own;
    }
    this.#pssBytes = bytes;
    // What was dear is asked for less often.
    this.#pssDueMs = nowMs + Math.max(PSS.everyMs, (performance.now() - began) / PSS.costShare);
  }
}

const keyOf = ({ pid, startTicks }: ProcStat): string => `${pid}/${startTicks}`;
