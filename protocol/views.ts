/**
 * What people and programs are shown: the rows of the HTTP API, of the live feed, of the dashboard and of the CLI.
 * Times end in `_ms` and are ms since the epoch by the manager's clock unless said. Ages are the reader's to compute.
 */
import { z } from 'zod';
import { Unmet } from './dependencies';
import { WorkerGpu, WorkerJob } from './job-views';
import { GpuShare, Labels, MachineUsage } from './link';
import { OutputGap } from './output-gap';
import { OutputStream } from './output-stream';
import { Desired, Disabled, StopCertificate } from './process-state';

/** Source: seed 004's worker states, and `stale`, `pending_approval` (DESIGN "Words"). `offline` = lost or unregistered. */
export const WorkerState = z.enum(['connecting', 'idle', 'busy', 'draining', 'stale', 'offline', 'pending_approval']);
export type WorkerState = z.infer<typeof WorkerState>;

/** The launcher's words (`waiting`: for what it depends on) plus `unknown`: the worker is lost, so nobody can say. */
export const ShownProcessState = z.enum([
  'stopped',
  'waiting',
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
  type: z.enum(['remote', 'local', 'plain', 'claim', 'sse']),
  state: WorkerState,
  why: z.string(),
  hostname: z.string(),
  labels: Labels,
  version: z.string().nullable(),
  registered_at_ms: z.number(),
  last_contact_ms: z.number(),
  machine: MachineUsage.nullable(),
  /** Jobs that it runs at once; 0 = it takes none. */
  slots: z.number(),
  /** Of these, held by its machine's own queue (its local API). */
  slots_held: z.number(),
  jobs: z.array(WorkerJob),
  /** Empty = it has none, or does not tell. */
  gpus: z.array(WorkerGpu),
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
  pss_bytes: z.number().nullable(),
  read_bytes_per_second: z.number().nullable(),
  write_bytes_per_second: z.number().nullable(),
  open_files: z.number().nullable(),
  gpus: z.array(GpuShare),
  /** Its ready probe's word; true without one. Null = it does not run. */
  ready: z.boolean().nullable(),
  /** In `waiting`: what it waits for. */
  waiting_for: z.array(Unmet),
  /** Set while an operator keeps it from running. */
  disabled: Disabled.nullable(),
  /** What its definition asks for and this run does not have. */
  unenforced: z.array(z.string()),
  /** What the present run is really held by, a clause each. Absent = nothing was told. */
  isolation: z.array(z.string()).optional(),
  /** Of its definition, when the manager gave it: 1, 2...; null = it is the launcher's own. */
  version: z.number().nullable(),
  /** The document it was applied from; null = none. */
  set: z.string().nullable(),
  /** `worker/process: condition` of its definition. */
  depends_on: z.record(z.string(), z.string()),
  healthy: z.boolean().nullable(),
  findings: z.array(z.string()),
  /** Worth knowing and no trouble, a sentence each: that it idles. */
  notes: z.array(z.string()),
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
  /** Written so far; also the offset after the last byte. */
  bytes: z.number(),
  /** The first offset that can still be read: above 0 after a clear, or when retention forgot what was before. */
  begin: z.number().optional(),
  /** Bytes that can be read; less than `bytes` after a clear, and by the gaps. */
  stored_bytes: z.number().optional(),
  /** What is missing, in order. Absent = nothing. */
  gaps: z.array(OutputGap).optional(),
  /** `stderr`: the second stream of a split run. Absent = stdout. */
  stream: OutputStream.optional(),
});
export type LogRunView = z.infer<typeof LogRunView>;

/** How a finding was dealt with: a story with its end. */
export const RecoveryView = z.object({
  id: z.string(),
  worker_id: z.string(),
  process: z.string().nullable(),
  /** `crash`, `crash-loop`, `worker-lost`, `zombie`, `silence`, `unhealthy`, `breach`, `stop-all`. */
  kind: z.string(),
  /** Seed 002's stages. */
  stage: z.enum(['detected', 'stopping', 'reassigning', 'restarting', 'completed', 'failed']),
  /** What was seen, what was made of it, what was done, what came of it (null = not yet). A sentence each. */
  found: z.string(),
  decided: z.string(),
  did: z.string(),
  result: z.string().nullable(),
  began_at_ms: z.number(),
  ended_at_ms: z.number().nullable(),
  /** Attempts of this kind inside the window, this one included, and how many are allowed. */
  attempt: z.number(),
  attempts_max: z.number(),
  /** The incident it is part of, when many failed at once; null = it stands alone. */
  incident: z.string().nullable(),
});
export type RecoveryView = z.infer<typeof RecoveryView>;

/** Many failures at once are one incident, and one brake for the whole fleet. */
export const IncidentView = z.object({
  id: z.string(),
  began_at_ms: z.number(),
  /** Null = it goes on: FailureHandler holds back. */
  ended_at_ms: z.number().nullable(),
  why: z.string(),
  /** Keys and workers that failed in it. */
  subjects: z.array(z.string()),
  /** When the brake is let go, if nothing more fails. */
  release_at_ms: z.number().nullable(),
});
export type IncidentView = z.infer<typeof IncidentView>;

/** Why something is as it is: who or what caused it, by which evidence, and what happens next. */
export const Explanation = z.object({
  /** `worker/process`, or a worker. */
  target: z.string(),
  state: z.string(),
  since_ms: z.number(),
  /** One sentence: the cause. */
  cause: z.string(),
  /** The word a program can decide by. */
  cause_kind: z.enum([
    'operator',
    'exit',
    'oom',
    'stranger',
    'probe',
    'budget',
    'dependency',
    'worker-lost',
    'disabled',
    'superseded',
    'recovery',
    'start',
    'none',
  ]),
  by: z.string(),
  /** What it is known by, newest last. */
  evidence: z.array(z.object({ at_ms: z.number().nullable(), what: z.string() })),
  /** What lies behind it: a dependency's own explanation, a worker's. */
  behind: z.array(z.object({ target: z.string(), state: z.string(), cause: z.string() })),
  /** What happens without anybody doing anything; null = nothing. */
  next: z.object({ what: z.string(), at_ms: z.number().nullable() }).nullable(),
  /** What a person can do: command lines. */
  advice: z.array(z.string()),
});
export type Explanation = z.infer<typeof Explanation>;
