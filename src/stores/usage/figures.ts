/** Which figures are kept over time, of a process and of a machine, and where each comes from. */
import type { MachineUsage, ProcessUsage } from '../../../protocol/link';

/** The order is that of the records on disk: new ones are added at the end. */
export const FIGURES = ['cpu', 'memory', 'read', 'write', 'open_files', 'gpu', 'gpu_memory'] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Readonly<Record<Figure, number | null>>;

/** cpu in cores, gpu in devices, the rest in bytes, bytes per second and a count. */
export const ofProcess = (usage: ProcessUsage): Figures => ({
  cpu: usage.cpu,
  memory: usage.rssBytes,
  read: usage.readBytesPerSecond,
  write: usage.writeBytesPerSecond,
  open_files: usage.openFiles,
  gpu: sumOf(usage.gpus.map(({ utilization }) => utilization)),
  gpu_memory: sumOf(usage.gpus.map(({ memoryBytes }) => memoryBytes)),
});

/** The same words for the machine as a whole; its disks and descriptors are not measured. */
export const ofMachine = (machine: MachineUsage): Figures => ({
  cpu: machine.cpu * machine.cpus,
  memory: machine.memoryTotalBytes - machine.memoryAvailableBytes,
  read: null,
  write: null,
  open_files: null,
  gpu: sumOf((machine.gpus ?? []).map(({ utilization }) => utilization)),
  gpu_memory: sumOf((machine.gpus ?? []).map(({ memoryUsedBytes }) => memoryUsedBytes)),
});

/** Null when there is nothing to add up. */
function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
