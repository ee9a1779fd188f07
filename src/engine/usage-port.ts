/** The port of usage over time. Beats fill it, charts read it; nothing is decided by it. */
import type { MachineUsage, ProcessUsage } from '../../protocol/link';
import type { ProcessName, WorkerId } from '../../protocol/ids';

/** Figures by name, a value for each step from `fromMs` on; null = nothing was heard in that step. */
export interface UsageRange {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly figures: Readonly<Record<string, { readonly mean: (number | null)[]; readonly peak: (number | null)[] }>>;
}

export interface UsageHistory {
  /** A beat's figures: in memory, at the cost of a few numbers. */
  note(worker: WorkerId, machine: MachineUsage, usage: Iterable<ProcessUsage>, nowMs: number): void;
  /** @param process null = the machine's own figures */
  read(worker: WorkerId, process: ProcessName | null, fromMs: number, nowMs: number): Promise<UsageRange>;
  /** @param process null = the worker with all it ran */
  forget(worker: WorkerId, process: ProcessName | null): void;
  close(): Promise<void>;
}
