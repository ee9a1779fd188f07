/** How busy the whole machine is, as the kernel counts it. */
import { readFileSync } from 'node:fs';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import type { MachineUsage } from '../../protocol/link';

interface Ticks {
  readonly busy: number;
  readonly all: number;
}

/** A sampler: each call measures since the one before. */
export function machineSampler(): () => MachineUsage {
  let before = readTicks();
  return () => {
    const now = readTicks();
    const all = now.all - before.all;
    const cpu = all > 0 ? (now.busy - before.busy) / all : 0;
    before = now;
    return { cpus: CPUS, cpu, ...readMemory(), load1: loadavg()[0] ?? 0, ...NOT_MEASURED };
  };
}

const NOT_MEASURED = { diskTotalBytes: null, diskFreeBytes: null, gpus: null, gpuTrouble: null };
const CPUS = cpus().length;

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
