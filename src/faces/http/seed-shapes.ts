/** Rows in the shapes of the original's API (seed 002), made from ours. Times are ISO 8601. */
import type { ProcessView, WorkerView } from '../../../protocol/views';
import type { Engine } from '../../engine/engine';

export const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export interface Row {
  /** The key in the seed's objects, and the id in /api/workers/<id>/... */
  readonly id: string;
  readonly worker: WorkerView;
  /** Null: a worker without a process. */
  readonly process: ProcessView | null;
}

/** One row per process, and one for each worker that has none. */
export function rows(engine: Engine): Row[] {
  const found: Row[] = [];
  for (const id of engine.read((model) => [...model.workers.keys()])) {
    const worker = engine.workerView(id);
    if (worker === null) continue;
    const own = engine.read((model) => [...model.processes.of(id)]);
    if (own.length === 0) found.push({ id, worker, process: null });
    for (const { key } of own) {
      const process = engine.processView(key);
      if (process !== null) found.push({ id: process.id, worker, process });
    }
  }
  return found;
}

/** GET /api/workers */
export const workerRow = ({ id, worker, process }: Row) => ({
  worker_id: id,
  status: process?.state ?? worker.state,
  why: process?.why ?? worker.why,
  desired: process?.desired ?? null,
  pid: process?.pid ?? null,
  command: process?.command ?? '',
  working_dir: process?.working_dir ?? null,
  start_time: iso(process?.started_at_ms ?? null),
  restart_count: process?.restart_count ?? 0,
  exit_code: process?.exit_code ?? null,
  signal: process?.signal ?? null,
  type: worker.type === 'local' ? ('local' as const) : ('remote' as const),
  worker: worker.worker_id,
  worker_state: worker.state,
  hostname: worker.hostname,
  labels: worker.labels,
  last_heartbeat: iso(worker.last_contact_ms),
  is_failover_worker: false,
  failover_info: null,
});

/** GET /api/remote-workers */
export const remoteWorkerRow = (row: Row) => ({
  ...workerRow(row),
  registered_at: iso(row.worker.registered_at_ms),
  logs_count: row.process?.log_bytes ?? 0,
});
