/** What a worker has of jobs, as people see it: what runs there, and who has its devices. */
import type { MeasuredGpu, WorkerGpu, WorkerJob } from '../../../protocol/job-views';
import type { Model, Worker } from '../model';
import type { Attempt } from './rows';

/** Longest held first. */
export function workerJobs({ jobs }: Model, { id }: Worker): WorkerJob[] {
  return [...jobs.on(id)].map((attempt) => ({
    job_id: attempt.job,
    attempt_id: attempt.id,
    name: jobs.job(attempt.job)?.spec.name ?? attempt.job,
    state: attempt.stop !== null ? 'stopping' : attempt.state.kind === 'running' ? 'running' : 'assigned',
    since_ms: attempt.startedAtMs ?? attempt.assignedAtMs,
    gpus: attempt.gpus.map(({ index }) => index),
  }));
}

export function workerGpus(model: Model, worker: Worker): WorkerGpu[] {
  const live = [...model.jobs.on(worker.id)];
  const held = (index: number): WorkerGpu['jobs'] => live.flatMap((attempt) => holdOf(attempt, index));
  return measuredGpus(model, worker).map((device) => ({ ...device, jobs: held(device.index) }));
}

/** As measured; of a worker that tells them itself, as told. */
export function measuredGpus(model: Model, worker: Worker): MeasuredGpu[] {
  const contact = model.contacts.get(worker.id);
  if (worker.gpus !== null) {
    const load = contact?.deviceLoad ?? null;
    return worker.gpus.map(({ index, name, memoryBytes }, _at, all) => ({
      index,
      name,
      memory_total_bytes: memoryBytes,
      // Of several devices it is not told which of them has it.
      memory_used_bytes: all.length === 1 ? (load?.usedBytes ?? null) : null,
      utilization: load?.utilization ?? null,
    }));
  }
  const measured = contact?.machine?.gpus ?? [];
  return measured.map(({ index, name, memoryTotalBytes, memoryUsedBytes, utilization }) => ({
    index,
    name,
    memory_total_bytes: memoryTotalBytes,
    memory_used_bytes: memoryUsedBytes,
    utilization,
  }));
}

const holdOf = ({ job, gpus }: Attempt, index: number): WorkerGpu['jobs'] =>
  gpus.filter((gpu) => gpu.index === index).map(({ memoryBytes }) => ({ job_id: job, memory_bytes: memoryBytes }));
