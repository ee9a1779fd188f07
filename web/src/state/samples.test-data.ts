/** Rows for tests, as the manager would send them. */
import type { Delta, Snapshot } from '../../../protocol/live';
import type { EventView, ProcessView, WorkerView } from '../../../protocol/views';

export const aWorker = (id: string, change: Partial<WorkerView> = {}): WorkerView => ({
  worker_id: id,
  type: 'remote',
  state: 'busy',
  why: 'connected',
  hostname: id,
  labels: {},
  version: '0.1.0',
  registered_at_ms: 0,
  last_contact_ms: 0,
  machine: null,
  slots: 0,
  slots_held: 0,
  jobs: [],
  gpus: [],
  findings: [],
  ...change,
});

export function aProcess(key: string, change: Partial<ProcessView> = {}): ProcessView {
  const [worker = '', process = ''] = key.split('/');
  return {
    key,
    worker_id: worker,
    process,
    id: process,
    state: 'running',
    desired: 'running',
    why: 'started by operator',
    since_ms: 0,
    pid: 1,
    run_id: null,
    started_at_ms: 0,
    restart_count: 0,
    restarts_counted: 0,
    max_restarts: 10,
    restart_at_ms: null,
    exit_code: null,
    signal: null,
    command: 'sleep 1',
    working_dir: null,
    process_type: 'default',
    cpu: null,
    rss_bytes: null,
    pss_bytes: null,
    read_bytes_per_second: null,
    write_bytes_per_second: null,
    open_files: null,
    gpus: [],
    ready: true,
    waiting_for: [],
    disabled: null,
    unenforced: [],
    version: null,
    set: null,
    depends_on: {},
    healthy: null,
    findings: [],
    notes: [],
    log_bytes: 0,
    last_run: null,
    certificate: null,
    ...change,
  };
}

export const anEvent = (seq: number, change: Partial<EventView> = {}): EventView => ({
  seq,
  at_ms: seq,
  kind: 'process.running',
  level: 'info',
  worker_id: 'w',
  process: 'a',
  run_id: null,
  by: 'launcher',
  message: `event ${seq}`,
  ...change,
});

export const aSnapshot = (change: Partial<Snapshot> = {}): Snapshot => ({
  seq: 0,
  manager: { version: '1', started_at_ms: 0, now_ms: 0, url: null, heartbeat_timeout_ms: 3000, notice: null },
  workers: [],
  processes: [],
  events: [],
  incident: null,
  applicants: [],
  jobs: { waiting: 0, queued: 0, assigned: 0, running: 0, stopping: 0, completed: 0, failed: 0, cancelled: 0 },
  ...change,
});

export const aDelta = (change: Partial<Delta> = {}): Delta => ({
  seq: 1,
  at_ms: 0,
  workers: [],
  processes: [],
  removed_workers: [],
  removed_processes: [],
  events: [],
  incident: null,
  applicants: [],
  ...change,
});
