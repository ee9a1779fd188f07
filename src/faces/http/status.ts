/** /api/status and its neighbours: the fleet in numbers. Source: API_PROCGUARD section 1 (seed 002). */
import { recoveryStats } from './recovery';
import { route, type HttpParts, type Route } from './route';
import { iso, remoteWorkerRow, rows, workerRow, type Row } from './seed-shapes';

export const statusRoutes = (parts: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/status',
    permission: 'fleet.read',
    summary: 'Counts, recoveries and every worker',
    handle: () => status(parts),
  }),
  route({
    method: 'get',
    path: '/api/server/info',
    permission: 'fleet.read',
    summary: 'Version and start time of the manager',
    handle: () => {
      const { version, started_at_ms: startedAtMs, now_ms: nowMs } = parts.info();
      return { success: true, startup_time: iso(startedAtMs), version, timestamp: iso(nowMs) };
    },
  }),
  route({
    method: 'get',
    path: '/api/state',
    permission: 'fleet.read',
    summary: 'The counts of /api/status and the remote workers',
    handle: () => ({ ...counts(rows(parts.engine)), remote_workers: remote(parts) }),
  }),
  route({
    method: 'get',
    path: '/api/health',
    permission: 'fleet.read',
    summary: 'CPU, memory and findings of every running process',
    handle: () => Object.fromEntries(rows(parts.engine).map((row) => [row.id, healthRow(row)])),
  }),
  route({
    method: 'get',
    path: '/api/remote-workers',
    permission: 'fleet.read',
    summary: 'Workers by id, with last heartbeat and stored output',
    handle: () => remote(parts),
  }),
];

function status(parts: HttpParts) {
  const all = rows(parts.engine);
  const state = counts(all);
  return {
    state,
    recovery: recoveryStats(parts),
    workers: Object.fromEntries(all.map((row) => [row.id, row.process?.state ?? row.worker.state])),
    remote_workers: remote(parts),
    decoupled_mode: true,
    summary: {
      total_workers: state.total_workers,
      running_workers: state.running_workers,
      stopped_workers: state.total_workers - state.running_workers,
      decoupled_mode: true,
    },
  };
}

const remote = ({ engine }: HttpParts) => Object.fromEntries(rows(engine).map((row) => [row.id, remoteWorkerRow(row)]));

function counts(all: readonly Row[]) {
  const inState = (...states: string[]): number =>
    all.filter(({ process }) => process !== null && states.includes(process.state)).length;
  return {
    total_workers: all.length,
    running_workers: inState('running', 'starting', 'stopping', 'backoff'),
    failed_workers: inState('failed'),
    unknown_workers: inState('unknown'),
    total_tasks: 0,
    queued_tasks: 0,
  };
}

function healthRow(row: Row) {
  const { process, worker } = row;
  const total = worker.machine?.memoryTotalBytes ?? null;
  return {
    worker_id: row.id,
    status: workerRow(row).status,
    health:
      process?.healthy === false
        ? 'unhealthy'
        : (process?.findings.length ?? 0) + worker.findings.length > 0
          ? 'warning'
          : 'healthy',
    cpu_percent: process?.cpu == null ? null : Math.round(process.cpu * 1000) / 10,
    memory_percent:
      process?.rss_bytes == null || total === null ? null : Math.round((process.rss_bytes / total) * 1000) / 10,
    memory_bytes: process?.rss_bytes ?? null,
    last_check_time: iso(worker.last_contact_ms),
    findings: [...(process?.findings ?? []), ...worker.findings],
    notes: process?.notes ?? [],
    error_message: process?.findings[0] ?? worker.findings[0] ?? null,
  };
}
