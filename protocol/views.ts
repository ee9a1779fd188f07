/**
 * What people and programs are shown: the rows of the HTTP API, of the live feed, of the dashboard and of the CLI.
 * Times end in `_ms` and are ms since the epoch by the manager's clock unless said. Ages are the reader's to compute.
 */
import { z } from 'zod';
import { Labels, MachineUsage } from './link';
import { Desired, StopCertificate } from './process-state';

/** Source: seed 004's worker states, and `stale`, `pending_approval` (DESIGN "Words"). `offline` = lost or unregistered. */
export const WorkerState = z.enum(['connecting', 'idle', 'busy', 'draining', 'stale', 'offline', 'pending_approval']);
export type WorkerState = z.infer<typeof WorkerState>;

/** The launcher's words plus `unknown`: the worker is lost, so nobody can say. */
export const ShownProcessState = z.enum([
  'stopped',
  'starting',
  'running',
  'stopping',
  'backoff',
  'exited',
  'failed',
  'unknown',
]);
export type ShownProcessState = z.infer<typeof ShownProcessState>;

export const WorkerView = z.object({
  worker_id: z.string(),
  /** `remote`: a launcher. `local`: the launcher beside the manager. `plain`: a client of the seed's HTTP protocol. */
  type: z.enum(['remote', 'local', 'plain']),
  state: WorkerState,
  why: z.string(),
  hostname: z.string(),
  labels: Labels,
  version: z.string().nullable(),
  registered_at_ms: z.number(),
  last_contact_ms: z.number(),
  machine: MachineUsage.nullable(),
  /** Under memory pressure or other findings of ProcessMonitor, one sentence each. */
  findings: z.array(z.string()),
});
export type WorkerView = z.infer<typeof WorkerView>;

export const ProcessView = z.object({
  /** `worker/process`. */
  key: z.string(),
  worker_id: z.string(),
  process: z.string(),
  /** The id that /api/workers/<id>/... takes for it: the worker's for its main process, else the process's own name. */
  id: z.string(),
  state: ShownProcessState,
  desired: Desired,
  why: z.string(),
  since_ms: z.number(),
  pid: z.number().nullable(),
  run_id: z.string().nullable(),
  started_at_ms: z.number().nullable(),
  restart_count: z.number(),
  restarts_counted: z.number(),
  max_restarts: z.number(),
  /** Set in `backoff`. */
  restart_at_ms: z.number().nullable(),
  /** Of the last ended run; null = none ended, ended by a signal, or unknown. */
  exit_code: z.number().nullable(),
  signal: z.string().nullable(),
  command: z.string(),
  working_dir: z.string().nullable(),
  process_type: z.string(),
  /** Fraction of one core over the whole tree; null = not running or not yet sampled. */
  cpu: z.number().nullable(),
  rss_bytes: z.number().nullable(),
  healthy: z.boolean().nullable(),
  findings: z.array(z.string()),
  log_bytes: z.number(),
  /** The run that ended last, and how much it wrote in all; null = none ended. */
  last_run: z.object({ run_id: z.string(), output_bytes: z.number().nullable() }).nullable(),
  /** How the last stop was verified; null = nothing was stopped yet. */
  certificate: StopCertificate.nullable(),
});
export type ProcessView = z.infer<typeof ProcessView>;

export const EventView = z.object({
  seq: z.number(),
  at_ms: z.number(),
  /** `process.running`, `worker.lost`, `recovery.completed`... */
  kind: z.string(),
  /** How loud: info, warning (look when you can), error (something is wrong now). */
  level: z.enum(['info', 'warning', 'error']),
  worker_id: z.string().nullable(),
  process: z.string().nullable(),
  run_id: z.string().nullable(),
  /** Who caused it: `operator 127.0.0.1`, `launcher`, `FailureHandler`, `ProcessMonitor`. */
  by: z.string(),
  message: z.string(),
});
export type EventView = z.infer<typeof EventView>;

export const LogRunView = z.object({
  run_id: z.string(),
  started_at_ms: z.number(),
  bytes: z.number(),
});
export type LogRunView = z.infer<typeof LogRunView>;
