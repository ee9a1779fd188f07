/**
 * Bodies and replies of the manager's HTTP API beyond the link's. Source: API_PROCGUARD sections 1 and 3 (seed 002).
 * Refusals are `{success: false, error: <sentence>, code: <ErrorCode>, ...details}` with the code's HTTP status.
 */
import { z } from 'zod';
import { ProcessName } from './ids';
import { LIMITS } from './limits';
import { Waiting } from './definitions';
import { StreamChoice, type OutputStream } from './output-stream';
import { CommandLine, Env, VariableName } from './process-spec';
import { StopCertificate } from './process-state';

/** POST /api/workers/<id>/command. `command` is checked by hand so that the refusal can name the known ones. */
export const CommandBody = z.object({
  command: z.string(),
  /** Which process of the worker; default: its main one. */
  process: z.string().optional(),
  /** Answer when it is so (within `timeout` seconds), or at once when false. A worker that is away is answered at once. */
  ...Waiting.shape,
});
export type CommandBody = z.infer<typeof CommandBody>;

/** POST /api/workers/<id>/processes. Field names are those of the configuration's `workers[]` (seed 002). */
export const ProcessBody = z.object({
  name: ProcessName,
  command: CommandLine,
  /** Absolute; null = the launcher's own directory. */
  working_dir: z.string().nullish(),
  env: Env.default({}),
  /** Names of variables whose values are secret, beside those whose names say so. */
  secrets: z.array(VariableName).max(LIMITS.envEntriesMax).default([]),
  restart_policy: z.enum(['always', 'on-failure', 'never']).default('on-failure'),
  max_restarts: z.number().int().min(0).optional(),
  /** Seconds. */
  restart_delay: z.number().min(0).optional(),
  worker_type: z.string().default('default'),
  start: z.boolean().default(true),
  ...Waiting.shape,
  /** Refuse (`process_taken`) rather than define again what is known under this name. */
  must_be_new: z.boolean().default(false),
});
export type ProcessBody = z.infer<typeof ProcessBody>;

/** POST .../stop. `force`: SIGKILL without grace. */
export const StopBody = z.object({
  force: z.boolean().default(false),
  ...Waiting.shape,
  process: z.string().optional(),
});

/** POST .../disable: it is stopped and kept stopped, whatever would start it. */
export const DisableBody = z.object({
  process: z.string().optional(),
  /** Why, for whoever finds it so. */
  reason: z.string().max(LIMITS.reasonCharsMax).default(''),
  /** When it ends by itself: `90s`, `2h` (from now) or a date (2026-01-31T12:00:00Z); default: when somebody enables it. */
  until: z.string().optional(),
  ...Waiting.shape,
});

export const CommandReply = z.object({
  success: z.boolean(),
  command_id: z.string(),
  /** `done`: it is so. `sent`: on its way (wait false). `queued`: kept for a worker that is not connected or polls. */
  status: z.enum(['done', 'sent', 'queued']),
  message: z.string(),
  /** What else follows from it: who was started too, who depends on what was stopped; null = nothing. */
  note: z.string().nullable(),
  certificate: StopCertificate.nullable(),
});
export type CommandReply = z.infer<typeof CommandReply>;

/**
 * What a command is for (selector.ts). A name is a process's id, its own name, its key (`w/p`), or a glob of these, and `all` or
 * `*` is everyone: one of the names must hold. `label=v` and `label!=v` narrow by labels, `node=<glob>` by worker,
 * `state=<state>` by state: all of these must hold.
 */
export const Selector = z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(LIMITS.batchTargetsMax)]);
export const BatchBody = z.object({
  selector: Selector,
  /** start, stop, restart, kill, disable or enable. */
  command: z.string(),
  ...Waiting.shape,
  /** With start and restart: so many at a time, each waited for; the first failure ends it and the rest is not touched. */
  rolling: z.number().int().min(1).optional(),
  /** With disable: as in DisableBody. */
  reason: DisableBody.shape.reason,
  until: DisableBody.shape.until,
  /** Name the targets and do nothing. */
  dry_run: z.boolean().default(false),
});
export type BatchBody = z.infer<typeof BatchBody>;
export const BatchResult = z.object({
  key: z.string(),
  worker_id: z.string(),
  process: z.string(),
  ok: z.boolean(),
  message: z.string(),
  /** As in CommandReply. */
  note: z.string().nullable(),
  certificate: StopCertificate.nullable(),
  /** `forbidden`: who asked may not do this there. Absent = nothing forbade it. */
  code: z.literal('forbidden').optional(),
});
export type BatchResult = z.infer<typeof BatchResult>;
export const BatchReply = z.object({
  /** True when every target succeeded. */
  success: z.boolean(),
  matched: z.number(),
  results: z.array(BatchResult),
});
export type BatchReply = z.infer<typeof BatchReply>;

/** The seed's heartbeat: POST /api/workers/<id>/heartbeat. Unknown fields and a config_hash of any type are let pass. */
export const HeartbeatBody = z.looseObject({
  status: z.string().max(64).optional(),
  pid: z.number().int().nullish(),
  restart_count: z.number().int().nonnegative().optional(),
  exit_code: z.number().int().nullish(),
  config_hash: z.unknown().optional(),
});
/** `command`: start | stop | restart | kill, or null. */
export interface HeartbeatReply {
  success: true;
  command: string | null;
  pytorch_env: Record<string, string>;
}

/** The seed's log line: POST /api/workers/<id>/logs. */
export const LogLineBody = z.object({
  message: z.string(),
  level: z.string().max(32).default('stdout'),
  timestamp: z.unknown().optional(),
});

/** GET /api/usage/...: a value for each step from `from_ms` on; null = nothing was heard in that step. */
export const UsageReply = z.object({
  from_ms: z.number(),
  step_ms: z.number(),
  /** `cpu` in cores, `gpu` in devices, `memory` and `gpu_memory` in bytes, `read` and `write` in bytes per second, `open_files`. */
  figures: z.record(
    z.string(),
    z.object({ mean: z.array(z.number().nullable()), peak: z.array(z.number().nullable()) }),
  ),
});
export type UsageReply = z.infer<typeof UsageReply>;

export const CleanupBody = z.object({
  cleanup_stopped: z.boolean().default(true),
  force_remove_all: z.boolean().default(false),
});

/**
 * Reading output. `stream` is stdout (default) or stderr of a split run.
 * GET  /api/logs/<worker>/<process>            -> {runs: LogRunView[]}; query stream
 * GET  /api/logs/<worker>/<process>/<run>      -> bytes; query stream, offset (negative = from the end), bytes (default
 *                                                 all), or line and lines (counted from 1), or since (`10m`, ISO); headers X-Log-Offset (where
 *                                                 the body begins: past `offset` where there is a gap), X-Log-Size (the run's length now).
 *                                                 The body ends before a gap.
 * GET  /api/logs/<worker>/<process>/search     -> {hits: LogHit[], complete}; query q, regex=1, ignore_case=1, limit (default 1000)
 * POST /api/logs/search                        -> SearchLine as JSON lines, as they are found; body LogSearchBody
 * GET  /api/workers/<id>/logs                  -> {logs: string[], type}; query process, limit, since (`10m`, ISO), grep, format=text, run,
 *                                                 stream (stdout, stderr, both)
 */
export interface LogHit {
  run_id: string;
  /** Where the line begins. */
  offset: number;
  line: string;
}

/** Searches all that is stored of the processes, merged by the time at which each line arrived. */
export const LogSearchBody = z.object({
  selector: Selector,
  q: z.string().min(1).max(LIMITS.searchCharsMax),
  /** A regular expression (JavaScript's), line by line; default: literal text. */
  regex: z.boolean().default(false),
  ignore_case: z.boolean().default(false),
  /** `10m`, or a date: only what arrived from then on. */
  since: z.string().optional(),
  /** Only what arrived before. */
  until: z.string().optional(),
  stream: StreamChoice.default('both'),
  /** Ends after so many hits, oldest first. Default: all there are. */
  limit: z.number().int().min(1).optional(),
});
export type LogSearchBody = z.infer<typeof LogSearchBody>;

/** A line of the answer: a hit, or the last line, which says how it ended. */
export type SearchLine =
  | {
      readonly key: string;
      readonly run_id: string;
      readonly stream: OutputStream;
      readonly offset: number;
      /** When it arrived, to the second; null = unknown. */
      readonly at_ms: number | null;
      readonly line: string;
    }
  /** `complete`: everything was looked at. */
  | { readonly end: true; readonly complete: boolean; readonly hits: number }
  | { readonly end: true; readonly complete: false; readonly error: string; readonly code: string };
