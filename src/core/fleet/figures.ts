/** What workers tell of their machines in passing: in memory, and no facts. It moves their place among those that have room. */
import type { WorkerId } from '../../../protocol/ids';
import type { MachineUsage } from '../../../protocol/link';
import type { Model } from '../model';

export function noteMachine({ contacts, jobs }: Model, worker: WorkerId, machine: MachineUsage, nowMs: number): void {
  const contact = contacts.get(worker);
  if (contact === undefined) return;
  if (contact.machine?.gpus?.length !== machine.gpus?.length) jobs.vacancies.stir(worker);
  contact.machine = machine;
  contact.devicesSeenAtMs = nowMs - machine.gpusAgeMs;
}

/** So many of its slots its machine's own queue holds. */
export function noteSlotsHeld({ contacts, jobs }: Model, worker: WorkerId, held: number): void {
  const contact = contacts.get(worker);
  if (contact === undefined) return;
  contact.slotsHeld = held;
  jobs.vacancies.stir(worker);
}
