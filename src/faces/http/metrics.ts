/** GET /metrics: the fleet for Prometheus, read from memory when asked. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { ShownProcessState, WorkerState } from '../../../protocol/views';
import type { Engine } from '../../engine/engine';

export function createMetrics(
  engine: Engine,
  version: string,
): { readonly contentType: string; text(): Promise<string> } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const info = gauge('procguard_info', 'Always 1; carries the version', ['version']);
  const workers = gauge('procguard_workers', 'Workers by state', ['state']);
  const processes = gauge('procguard_processes', 'Processes by state', ['state']);
  const up = gauge('procguard_process_up', '1 while the process runs', ['worker', 'process']);
  const restarts = gauge('procguard_process_restarts', 'Restarts since its launcher first met it', [
    'worker',
    'process',
  ]);
  const cpu = gauge('procguard_process_cpu_cores', 'Cores used by the process tree', ['worker', 'process']);
  const memory = gauge('procguard_process_memory_bytes', 'Resident memory of the process tree', ['worker', 'process']);
  const output = gauge('procguard_process_log_bytes', 'Stored output', ['worker', 'process']);
  const silence = gauge('procguard_worker_silence_seconds', 'Time since the worker was last heard', ['worker']);
  info.set({ version }, 1);
  return {
    contentType: registry.contentType,
    text: () => {
      for (const each of [workers, processes, up, restarts, cpu, memory, output, silence]) each.reset();
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
      }
      return registry.metrics();
    },
  };
}
