/** What one process used over its life, from its long steps. */
import type { UsageTotals } from '../../engine/usage-port';
import { LONG_STEP_MS, type LongStep } from './long-file';

/**
 * A step may be there twice: as it was when the manager stopped, and filled further after that. Then the later one is the
 * fuller one, and the peak is the higher of both.
 * @returns null = nothing was heard
 */
export function totalsOf(steps: readonly LongStep[], fromMs: number, untilMs: number): UsageTotals | null {
  const coresIn = new Map<number, number>();
  let rss: number | null = null;
  let gpuMemory: number | null = null;
  for (const { step, cells } of steps) {
    if (cells.cpu !== null) coresIn.set(step, cells.cpu.mean);
    if (cells.memory !== null) rss = Math.max(rss ?? 0, cells.memory.peak);
    if (cells.gpu_memory !== null) gpuMemory = Math.max(gpuMemory ?? 0, cells.gpu_memory.peak);
  }
  if (rss === null) return null;
  let cpuSeconds = 0;
  for (const [step, cores] of coresIn) {
    const lived = Math.min((step + 1) * LONG_STEP_MS, untilMs) - Math.max(step * LONG_STEP_MS, fromMs);
    cpuSeconds += (cores * Math.max(0, lived)) / 1000;
  }
  return { cpuSeconds, rssBytesMax: rss, gpuMemoryBytesMax: gpuMemory };
}
