/**
 * Which of a worker's devices a job may have. A device is free when the device says so: what was measured counts, programs
 * that are not ours are respected, and after one of ours has ended it is handed on only once it was seen empty.
 */
import type { GpuNeed } from '../../../protocol/jobs';
import { globMatches } from '../../../protocol/glob';
import type { Model, Worker } from '../model';
import type { CoreSettings } from '../settings';
import type { HeldGpu } from './rows';

export interface DeviceRoom {
  readonly index: number;
  readonly name: string;
  readonly totalBytes: number | null;
  /** What may still be given of it; the whole of it only while `isEmpty`. Null = its memory is not known. */
  freeBytes: number | null;
  isEmpty: boolean;
  /** Why it is not empty; empty = it is. */
  readonly why: string;
}

export function devicesOf(model: Model, worker: Worker, settings: CoreSettings): DeviceRoom[] {
  const contact = model.contacts.get(worker.id);
  if (worker.gpus !== null)
    return worker.gpus.map(({ index, name, memoryBytes }) =>
      room(model, worker, { index, name, totalBytes: memoryBytes, usedBytes: 0, isStale: false }, settings),
    );
  return (contact?.machine?.gpus ?? []).map(({ index, name, memoryTotalBytes, memoryUsedBytes }) => {
    const givenBackAtMs = model.jobs.gpuGivenBackAtMs.get(`${worker.id}/${index}`) ?? 0;
    const isStale = givenBackAtMs >= (contact?.machineAtMs ?? 0);
    return room(
      model,
      worker,
      { index, name, totalBytes: memoryTotalBytes, usedBytes: memoryUsedBytes, isStale },
      settings,
    );
  });
}

interface Measured {
  readonly index: number;
  readonly name: string;
  readonly totalBytes: number | null;
  readonly usedBytes: number;
  /** Given back, and not measured since. */
  readonly isStale: boolean;
}

function room(model: Model, worker: Worker, device: Measured, settings: CoreSettings): DeviceRoom {
  const { index, name, totalBytes, usedBytes, isStale } = device;
  const held = [...model.jobs.on(worker.id)].flatMap(({ gpus }) => gpus.filter((gpu) => gpu.index === index));
  const promised = held.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? Infinity), 0);
  const isInUse = usedBytes > settings.jobs.gpuIdleBytes;
  const freeBytes =
    totalBytes === null
      ? held.length === 0
        ? null
        : 0
      : Math.max(0, totalBytes - Math.max(promised, isInUse ? usedBytes : 0));
  const why =
    held.length > 0
      ? 'given to a job'
      : isStale
        ? 'given back a moment ago, not yet seen empty'
        : isInUse
          ? `used by programs that are not ours (${Math.round(usedBytes / 2 ** 20)} MiB)`
          : '';
  return { index, name, totalBytes, freeBytes: isStale ? 0 : freeBytes, isEmpty: why === '', why };
}

export const isOfType = ({ name }: Pick<DeviceRoom, 'name'>, type: string | null): boolean =>
  type === null || globMatches(`*${type.toLowerCase().replaceAll(' ', '*')}*`, name.toLowerCase());

/** The devices that it would get; null = there are not enough. Shared ones are packed: the fullest that has room. */
export function pickDevices(devices: readonly DeviceRoom[], need: GpuNeed): HeldGpu[] | null {
  if (need.count === 0) return [];
  const { memoryBytes } = need;
  const fitting = devices
    .filter((device) => isOfType(device, need.type))
    .filter((device) =>
      memoryBytes === null ? device.isEmpty : device.freeBytes !== null && device.freeBytes >= memoryBytes,
    );
  if (fitting.length < need.count) return null;
  return fitting
    .sort((a, b) => (a.freeBytes ?? 0) - (b.freeBytes ?? 0) || a.index - b.index)
    .slice(0, need.count)
    .map(({ index }) => ({ index, memoryBytes }));
}
