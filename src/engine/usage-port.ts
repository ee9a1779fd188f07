/** The port of usage over time. Beats fill it, charts read it; nothing is decided by it. */
import type { MachineUsage, ProcessUsage } from '../../protocol/link';
import type { ProcessName, WorkerId } from '../../protocol/ids';

/** Figures by name, a value for each step from `fromMs` on; null = nothing was heard in that step. */
export interface UsageRange {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly figures: Readonly<Record<string, { readonly mean: (number | null)[]; readonly peak: (number | null)[] }>>;
}

/** Of one process over its life, as far as it was sampled. */
export interface UsageTotals {
  /** Mean of the samples of each step, times how much of it the life covers. */
  readonly cpuSeconds: number;
  readonly rssBytesMax: number;
  /** Null = it was never seen on a device. */
  readonly gpuMemoryBytesMax: number | null;
}

export interface UsageHistory {
  /** A beat's figures: in memory, at the cost of a few numbers. */
  note(worker: WorkerId, machine: MachineUsage, usage: Iterable<ProcessUsage>, nowMs: number): void;
  /**
   * In the finest steps that are kept from `fromMs` to `nowMs`, or to the end of what is over.
   * @param process null = the machine's own figures
   */
  read(worker: WorkerId, process: ProcessName | null, fromMs: number, nowMs: number): Promise<UsageRange>;
  /** Null = it was never sampled. */
  totals(worker: WorkerId, process: ProcessName, fromMs: number, untilMs: number): Promise<UsageTotals | null>;
  /**
   * It is over: what was heard of it is written down, and needs no memory any more.
   * @returns whether anything was heard; of most that are short nothing is
   */
  end(worker: WorkerId, process: ProcessName): boolean;
  /** @param process null = the worker with all it ran */
  forget(worker: WorkerId, process: ProcessName | null): void;
  close(): Promise<void>;
}
