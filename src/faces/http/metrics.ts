/** GET /metrics: the fleet for Prometheus, read from memory when asked. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { ShownProcessState, WorkerState } from '../../../protocol/views';
import type { Engine } from '../../engine/engine';
import type { JobFigures } from '../../engine/job-figures';
import { jobMetrics } from './job-metrics';
import { scheduleMetrics } from './schedule-metrics';

export function createMetrics(
  engine: Engine,
  jobFigures: JobFigures,
  version: string,
): { readonly contentType: string; text(): Promise<string> } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const info = new Gauge({
    name: 'procguard_info',
    help: 'Always 1; carries the version',
    labelNames: ['version'],
    registers: [registry],
  });
  /** Read anew with every answer: what is no more is not told. */
  const fleet: Gauge[] = [];
  const gauge = (name: string, help: string, labelNames: string[]): Gauge => {
    const added = new Gauge({ name, help, labelNames, registers: [registry] });
    fleet.push(added);
    return added;
  };
  const workers = gauge('procguard_workers', 'Workers by state', ['state']);
  const processes = gauge('procguard_processes', 'Processes by state', ['state']);
  const up = gauge('procguard_process_up', '1 while the process runs', ['worker', 'process']);
  const restarts = gauge('procguard_process_restarts', 'Restarts since its launcher first met it', [
    'worker',
    'process',
  ]);
  const cpu = gauge('procguard_process_cpu_cores', 'Cores used by the process tree', ['worker', 'process']);
  const memory = gauge('procguard_process_memory_bytes', 'Resident memory of the process tree', ['worker', 'process']);
  const shared = gauge('procguard_process_pss_bytes', 'Memory of the process tree, shared pages in shares', [
    'worker',
    'process',
  ]);
  const read = gauge('procguard_process_read_bytes_per_second', 'From disks', ['worker', 'process']);
  const write = gauge('procguard_process_write_bytes_per_second', 'To disks', ['worker', 'process']);
  const files = gauge('procguard_process_open_files', 'Descriptors open over the process tree', ['worker', 'process']);
  const gpuHeld = gauge('procguard_process_gpu_memory_bytes', 'Device memory held by the process tree', [
    'worker',
    'process',
    'gpu',
  ]);
  const machineCpu = gauge('procguard_machine_cpu_ratio', 'Busy share of the whole machine', ['worker']);
  const machineFree = gauge('procguard_machine_memory_available_bytes', 'Memory the kernel would give', ['worker']);
  const diskFree = gauge('procguard_machine_disk_free_bytes', "On the filesystem of the launcher's data", ['worker']);
  const gpuBusy = gauge('procguard_gpu_utilization_ratio', 'Busy share of the device', ['worker', 'gpu', 'name']);
  const gpuUsed = gauge('procguard_gpu_memory_used_bytes', 'Device memory in use', ['worker', 'gpu', 'name']);
  const output = gauge('procguard_process_log_bytes', 'Stored output', ['worker', 'process']);
  const silence = gauge('procguard_worker_silence_seconds', 'Time since the worker was last heard', ['worker']);
  const readJobs = jobMetrics(engine, jobFigures, registry);
  const readSchedules = scheduleMetrics(engine, registry);
  info.set({ version }, 1);
  return {
    contentType: registry.contentType,
    text: () => {
      for (const each of fleet) each.reset();
      readJobs();
      readSchedules();
      for (const state of WorkerState.options) workers.set({ state }, 0);
      for (const state of ShownProcessState.options) processes.set({ state }, 0);
      const { ids, keys } = engine.read((model) => ({
        ids: [...model.workers.keys()],
        keys: [...model.processes.keys()],
      }));
      for (const id of ids) {
        const view = engine.workerView(id);
        if (view === null) continue;
        workers.inc({ state: view.state });
        silence.set({ worker: id }, Math.max(0, (engine.nowMs - view.last_contact_ms) / 1000));
        if (view.machine === null) continue;
        machineCpu.set({ worker: id }, view.machine.cpu);
        machineFree.set({ worker: id }, view.machine.memoryAvailableBytes);
        if (view.machine.diskFreeBytes !== null) diskFree.set({ worker: id }, view.machine.diskFreeBytes);
        for (const { index, name, utilization, memoryUsedBytes } of view.machine.gpus ?? []) {
          gpuUsed.set({ worker: id, gpu: index, name }, memoryUsedBytes);
          if (utilization !== null) gpuBusy.set({ worker: id, gpu: index, name }, utilization);
        }
      }
      for (const key of keys) {
        const view = engine.processView(key);
        if (view === null) continue;
        const labels = { worker: view.worker_id, process: view.process };
        processes.inc({ state: view.state });
        up.set(labels, view.state === 'running' ? 1 : 0);
        restarts.set(labels, view.restart_count);
        output.set(labels, view.log_bytes);
        if (view.cpu !== null) cpu.set(labels, view.cpu);
        if (view.rss_bytes !== null) memory.set(labels, view.rss_bytes);
        if (view.pss_bytes !== null) shared.set(labels, view.pss_bytes);
        if (view.read_bytes_per_second !== null) read.set(labels, view.read_bytes_per_second);
        if (view.write_bytes_per_second !== null) write.set(labels, view.write_bytes_per_second);
        if (view.open_files !== null) files.set(labels, view.open_files);
        for (const { index, memoryBytes } of view.gpus) gpuHeld.set({ ...labels, gpu: index }, memoryBytes);
      }
      return registry.metrics();
    },
  };
}
