/**
 * Which of a worker's devices a job may have. A device is free when the device says so: what was measured counts, programs
 * that are not ours are respected, and after one of ours has ended it is handed on only once it was seen empty.
 */
import { attemptProcess, type AttemptId, type GpuNeed, type JobNeeds } from '../../../protocol/jobs';
import { globMatches } from '../../../protocol/glob';
import { hasLauncher, type Contact, type Model, type Worker } from '../model';
import type { CoreSettings } from '../settings';
import type { Attempt, HeldGpu } from './rows';

export interface DeviceRoom {
  readonly index: number;
  readonly name: string;
  readonly totalBytes: number | null;
  /** What may still be given of it; the whole of it only while `isEmpty`. Null = its memory is not known. */
  freeBytes: number | null;
  isEmpty: boolean;
  /** Given back, and not yet seen empty. */
  readonly isSettling: boolean;
  /** Why it is not empty; empty = it is. */
  readonly why: string;
}

/** The same but for devices. */
export const withoutDevices = (needs: JobNeeds): JobNeeds => ({ ...needs, gpus: { ...needs.gpus, count: 0 } });

/** An nvidia-smi that has not answered so long after its launcher began is not waited for. */
const FIRST_LOOK_MS = 20_000;

/** Which devices a launcher has is told in a moment: its first beat is on its way, or its nvidia-smi's first answer. */
export const isDeviceAwaited = ({ contacts }: Model, worker: Worker): boolean =>
  hasLauncher(worker) && areDevicesAwaited(contacts.get(worker.id) ?? { machine: null });

export function areDevicesAwaited({ machine }: Pick<Contact, 'machine'>): boolean {
  if (machine === null) return true;
  return machine.gpus === null && machine.gpuTrouble !== null && machine.gpusAgeMs < FIRST_LOOK_MS;
}

/**
 * @param gone null = as it is now. Else a look ahead: as it will be when these have ended, and what they and those before
 * them gave back was seen empty. Nothing is taken to come free while nobody can see it.
 */
export function devicesOf(
  model: Model,
  worker: Worker,
  settings: CoreSettings,
  gone: ReadonlySet<AttemptId> | null = null,
): DeviceRoom[] {
  const machine = model.contacts.get(worker.id)?.machine ?? null;
  const measured = machine?.gpus ?? [];
  if ((worker.gpus ?? measured).length === 0) return [];
  const devices =
    worker.gpus?.map(({ index, name, memoryBytes }) => ({ index, name, totalBytes: memoryBytes, usedBytes: 0 })) ??
    measured.map(({ index, name, memoryTotalBytes, memoryUsedBytes }) => ({
      index,
      name,
      totalBytes: memoryTotalBytes,
      usedBytes: memoryUsedBytes,
    }));
  const attempts = [...model.jobs.on(worker.id)].filter(({ gpus }) => gpus.length > 0);
  const ahead = machine === null || machine.gpuTrouble === null ? gone : null;
  return devices.map((device) => roomOn(model, worker, device, attempts, ahead, settings));
}

interface Device {
  readonly index: number;
  readonly name: string;
  readonly totalBytes: number | null;
  readonly usedBytes: number;
}

function roomOn(
  model: Model,
  worker: Worker,
  { index, name, totalBytes, usedBytes }: Device,
  attempts: readonly Attempt[],
  gone: ReadonlySet<AttemptId> | null,
  settings: CoreSettings,
): DeviceRoom {
  const holders = attempts.filter(({ gpus }) => gpus.some((gpu) => gpu.index === index));
  const staying = gone === null ? holders : holders.filter(({ id }) => !gone.has(id));
  const promised = staying.reduce((sum, { gpus }) => sum + promisedOn(gpus, index), 0);
  const contact = model.contacts.get(worker.id);
  const isUnseen =
    worker.gpus === null &&
    (model.jobs.gpuGivenBackAtMs.get(`${worker.id}/${index}`) ?? 0) >= (contact?.devicesSeenAtMs ?? 0);
  const isStale = isUnseen && gone === null;
  const isSettling = isStale && staying.length === 0;
  // What was measured before it was given back may be what has ended since: a look ahead waits for the next look.
  const foreign =
    isUnseen && gone !== null ? 0 : Math.max(0, usedBytes - usedByOurs(model, worker, holders, index, usedBytes));
  const isForeign = foreign > settings.jobs.gpuIdleBytes;
  const why =
    staying.length > 0
      ? `given to ${staying.map(({ job }) => `job ${job}`).join(', ')}`
      : isSettling
        ? 'given back a moment ago and not yet seen empty'
        : isForeign
          ? `used by programs that are not jobs (${Math.round(foreign / 2 ** 20)} MiB)`
          : '';
  const freeBytes = isStale
    ? 0
    : totalBytes === null
      ? null
      : Math.max(0, totalBytes - promised - (isForeign ? foreign : 0));
  return { index, name, totalBytes, freeBytes, isEmpty: why === '', isSettling, why };
}

const promisedOn = (gpus: readonly HeldGpu[], index: number): number =>
  gpus.reduce((sum, gpu) => (gpu.index === index ? sum + (gpu.memoryBytes ?? Infinity) : sum), 0);

/** As their launcher measured it; where it cannot be told apart, all of it may be theirs. */
function usedByOurs(
  model: Model,
  worker: Worker,
  holders: readonly Attempt[],
  index: number,
  usedBytes: number,
): number {
  let sum = 0;
  for (const { id } of holders) {
    const usage = model.contacts.get(worker.id)?.usage.get(attemptProcess(id));
    if (usage === undefined) return usedBytes;
    sum += usage.gpus.find((gpu) => gpu.index === index)?.memoryBytes ?? 0;
  }
  return sum;
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
