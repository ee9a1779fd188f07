/** How busy the whole machine is, as the kernel counts it. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, machine, totalmem, type } from 'node:os';
import type { MachineUsage } from '../../protocol/link';

interface Ticks {
  readonly busy: number;
  readonly all: number;
}

/** Free space moves slowly, and a network filesystem may answer slowly. */
const DISK_EVERY_MS = 10_000;

/**
 * A sampler: each call measures since the one before.
 * @param dataPath a directory on the filesystem whose space is told
 */
export function machineSampler(dataPath: string): () => Omit<MachineUsage, 'gpus' | 'gpuTrouble' | 'gpusAgeMs'> {
  let before = readTicks();
  const disk = diskSampler(dataPath);
  return () => {
    const now = readTicks();
    const all = now.all - before.all;
    const cpu = all > 0 ? (now.busy - before.busy) / all : 0;
    before = now;
    return { ...PLATFORM, cpus: CPUS, cpu, ...readMemory(), load1: loadavg()[0] ?? 0, ...disk() };
  };
}

/** What was learned last; asked beside, so that a beat never waits for a disk. */
function diskSampler(path: string): () => Pick<MachineUsage, 'diskTotalBytes' | 'diskFreeBytes'> {
  let known: Pick<MachineUsage, 'diskTotalBytes' | 'diskFreeBytes'> = { diskTotalBytes: null, diskFreeBytes: null };
  let askedAtMs = -Infinity;
  const ask = async (): Promise<void> => {
    const { blocks, bavail, bsize } = await statfs(path);
    known = { diskTotalBytes: blocks * bsize, diskFreeBytes: bavail * bsize };
  };
  return () => {
    const nowMs = performance.now();
    if (nowMs - askedAtMs >= DISK_EVERY_MS) {
      askedAtMs = nowMs;
      ask().catch(() => {}); // it stays as it was known
    }
    return known;
  };
}

const CPUS = cpus().length;
const PLATFORM = { os: type(), arch: machine() } as const;

function readTicks(): Ticks {
  try {
    // cpu  user nice system idle iowait irq softirq steal ...
    const fields = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]?.trim().split(/\s+/).slice(1, 9).map(Number);
    const all = (fields ?? []).reduce((sum, ticks) => sum + ticks, 0);
    const idle = (fields?.[3] ?? 0) + (fields?.[4] ?? 0);
    return { busy: all - idle, all };
  } catch {
    const times = cpus().map((cpu) => cpu.times);
    const all = times.reduce((sum, t) => sum + t.user + t.nice + t.sys + t.idle + t.irq, 0);
    return { busy: all - times.reduce((sum, t) => sum + t.idle, 0), all };
  }
}

/** MemAvailable counts what the kernel would give up: free memory alone says "full" on every healthy machine. */
function readMemory(): Pick<MachineUsage, 'memoryTotalBytes' | 'memoryAvailableBytes'> {
  try {
    const text = readFileSync('/proc/meminfo', 'latin1');
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024;
    const memoryAvailableBytes = bytes('MemAvailable');
    if (Number.isFinite(memoryAvailableBytes)) return { memoryTotalBytes: bytes('MemTotal'), memoryAvailableBytes };
  } catch {
    // no /proc
  }
  return { memoryTotalBytes: totalmem(), memoryAvailableBytes: freemem() };
}
