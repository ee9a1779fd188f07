/** What a worker has, and what of it is free now. */
import type { WorkerId } from '../../../protocol/ids';
import type { AttemptId, JobNeeds, JobSpec } from '../../../protocol/jobs';
import { noContainers, runsContainers } from '../fleet/abilities';
import { isReachable } from '../fleet/liveness';
import type { Model, Worker } from '../model';
import type { CoreSettings } from '../settings';
import { devicesOf, isDeviceAwaited, isOfType, pickDevices, type DeviceRoom } from './devices';
import { labelMisfit } from './platform';
import type { HeldGpu } from './rows';
import type { Vacancy } from './vacancies';

export class Room {
  slots: number;
  cpus: number;
  memoryBytes: number;
  readonly devices: DeviceRoom[];

  constructor(
    readonly worker: Worker,
    model: Model,
    settings: CoreSettings,
    /** Null = as it is now. Else a look ahead, as if these had ended and their devices been seen empty. */
    gone: ReadonlySet<AttemptId> | null = null,
  ) {
    const contact = model.contacts.get(worker.id);
    const machine = contact?.machine ?? null;
    this.slots = worker.slots - (contact?.slotsHeld ?? 0);
    this.cpus = told(machine?.cpus);
    this.memoryBytes = told(machine?.memoryTotalBytes);
    this.devices = devicesOf(model, worker, settings, gone);
    for (const { id, cpus, memoryBytes } of model.jobs.on(worker.id)) {
      if (gone?.has(id)) continue;
      this.slots -= 1;
      this.cpus -= cpus;
      this.memoryBytes -= memoryBytes;
    }
  }

  /** What it would get here; null = there is no room now. */
  offer(needs: JobNeeds): HeldGpu[] | null {
    if (this.slots < 1 || this.cpus < needs.cpus || this.memoryBytes < needs.memoryBytes) return null;
    return pickDevices(this.devices, needs.gpus);
  }

  take(needs: JobNeeds, gpus: readonly HeldGpu[]): void {
    this.slots -= 1;
    this.cpus -= needs.cpus;
    this.memoryBytes -= needs.memoryBytes;
    for (const { index, memoryBytes } of gpus) {
      const device = this.devices.find((one) => one.index === index);
      if (device === undefined) continue;
      device.isEmpty = false;
      device.freeBytes = memoryBytes === null ? 0 : (device.freeBytes ?? 0) - memoryBytes;
    }
  }
}

/** Those who are sent jobs and have a free slot, best first; whether they take work now is not asked. */
export function* vacantWorkers(model: Model): Generator<Worker> {
  for (const { worker } of model.jobs.vacancies.inOrder(model.workers.keys(), (id) => vacancyOf(model, id))) {
    const row = model.workers.get(worker.id);
    if (row !== undefined) yield row;
  }
}

/** Null = it has no free slot, or asks for work by itself. */
export function vacancyOf({ workers, contacts, jobs }: Model, id: WorkerId): Vacancy | null {
  const worker = workers.get(id);
  if (worker === undefined || worker.type === 'claim') return null;
  const contact = contacts.get(id);
  const slots = worker.slots - jobs.countOn(id) - (contact?.slotsHeld ?? 0);
  return slots < 1 ? null : { worker, slots, devices: worker.gpus ?? contact?.machine?.gpus ?? [] };
}

/** What placing looks at. */
export type Placed = Pick<JobSpec, 'needs' | 'container'>;

/** Why this worker can never run it as both are; null = it could, with room. What it has not told yet is no reason. */
export function unfit(
  model: Model,
  worker: Worker,
  { needs, container }: Placed,
  settings: CoreSettings,
): string | null {
  if (needs.worker !== null && needs.worker !== worker.id && needs.worker !== worker.labels.machine_id)
    return `the job is for ${needs.worker}`;
  if (needs.target === 'local' && worker.type !== 'local') return 'the job is for the manager’s own machine';
  if (needs.target === 'worker' && worker.type === 'local') return 'the job is not for the manager’s own machine';
  if (worker.slots === 0) return 'it takes no jobs (slots 0)';
  if (container !== null && !runsContainers(worker)) return noContainers(worker);
  const machine = model.contacts.get(worker.id)?.machine ?? null;
  for (const [label, glob] of Object.entries(needs.labels)) {
    const misfit = labelMisfit(worker.labels, machine, label, glob);
    if (misfit !== null) return misfit;
  }
  if (machine !== null && told(machine.cpus) < needs.cpus)
    return `it has ${machine.cpus} cores, the job needs ${needs.cpus}`;
  if (machine !== null && told(machine.memoryTotalBytes) < needs.memoryBytes)
    return `it has ${gib(machine.memoryTotalBytes)}, the job needs ${gib(needs.memoryBytes)}`;
  return isDeviceAwaited(model, worker) ? null : tooFewDevices(devicesOf(model, worker, settings), needs);
}

function tooFewDevices(
  devices: readonly DeviceRoom[],
  { gpus: { count, type, memoryBytes } }: JobNeeds,
): string | null {
  if (count === 0) return null;
  const fitting = devices
    .filter((device) => isOfType(device, type))
    .filter(({ totalBytes }) => memoryBytes === null || (totalBytes !== null && totalBytes >= memoryBytes));
  if (fitting.length >= count) return null;
  const kind = type === null ? '' : ` like ${type}`;
  const each = memoryBytes === null ? '' : ` with ${gib(memoryBytes)}`;
  return `it has ${fitting.length} GPUs${kind}${each}, the job needs ${count}`;
}

/** Why it takes nothing now although it could; null = it takes work. */
export function notTaking(model: Model, worker: Worker): string | null {
  if (worker.isDraining) return 'it is draining';
  if (worker.presence.kind !== 'present') return `it is ${worker.presence.kind}`;
  const contact = model.contacts.get(worker.id);
  if (worker.type === 'claim') return null;
  if (worker.type === 'sse') {
    if (contact?.connection == null) return 'its stream is not open';
    return contact.isLeaving ? 'it gave a job up by itself, and has not been heard since' : null;
  }
  return isReachable(worker, contact) ? null : 'its link is not open';
}

/** Agents of other systems tell less of their machine: what is not told (0) bounds nothing. */
const told = (amount: number | undefined): number => amount || Infinity;

const gib = (bytes: number): string => `${Math.round((bytes / 2 ** 30) * 10) / 10} GiB`;
