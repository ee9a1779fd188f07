/**
 * Definitions given from the manager: what a document would change (`plan`), what it changed (`apply`), and the way
 * back (`versions`, `rollback`).
 *
 * POST /api/plan      body: a SetDocument (process-document.ts), as JSON or as YAML text -> PlanReply
 * POST /api/apply     the same body; query wait=false, timeout (seconds per process) -> ApplyReply
 * POST /api/rollback  RollbackBody -> ApplyReply
 * GET  /api/processes/<worker%2Fprocess>/versions -> VersionsReply
 */
import { z } from 'zod';
import { LIMITS } from './limits';
import { StopCertificate } from './process-state';

/** `from` and `to` as people write them; null = not set. */
export const FieldDifference = z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() });
export type FieldDifference = z.infer<typeof FieldDifference>;

/** `keep`: it is as it is to be, and is not touched. */
export const PlanAction = z.enum(['create', 'change', 'remove', 'keep']);
export type PlanAction = z.infer<typeof PlanAction>;

export const PlannedChange = z.object({
  key: z.string(),
  worker_id: z.string(),
  process: z.string(),
  action: PlanAction,
  /** Of a `change`. */
  fields: z.array(FieldDifference),
  command: z.string(),
  /** What else an operator should know: it is restarted, its worker is away, others depend on it; a clause each. */
  notes: z.array(z.string()),
});
export type PlannedChange = z.infer<typeof PlannedChange>;

export const PlanReply = z.object({ set: z.string().nullable(), changes: z.array(PlannedChange) });
export type PlanReply = z.infer<typeof PlanReply>;

export const ApplyReply = z.object({
  /** True when every process that was touched is as asked, or on its way to a worker that is away. */
  success: z.boolean(),
  set: z.string().nullable(),
  /** What `versions` know the change by; null = nothing was changed. */
  change: z.string().nullable(),
  results: z.array(
    PlannedChange.extend({
      /** The version that it has now; null = removed. */
      version: z.number().nullable(),
      ok: z.boolean(),
      message: z.string(),
      certificate: StopCertificate.nullable(),
    }),
  ),
});
export type ApplyReply = z.infer<typeof ApplyReply>;

/** Whether an answer waits until it is so, and for how long for each process. */
export const Waiting = z.object({
  wait: z.boolean().default(true),
  /** Seconds. */
  timeout: z
    .number()
    .min(0.01)
    .max(LIMITS.commandWaitMsMax / 1000)
    .default(LIMITS.commandWaitMs / 1000),
});

export const RollbackBody = Waiting.extend({
  /** A process (its key, or its name where only one has it), or a set. */
  name: z.string().min(1),
  /** It is a set, though a process has that name too. */
  set: z.boolean().default(false),
  /** A version of the process; default: the one before the present. A set goes back to before its last change. */
  to: z.number().int().min(1).optional(),
  /** Say what it would do, and do nothing. */
  dry_run: z.boolean().default(false),
});
export type RollbackBody = z.infer<typeof RollbackBody>;

export const VersionView = z.object({
  version: z.number(),
  at_ms: z.number(),
  by: z.string(),
  /** `apply`, `rollback`, `define` and `remove` of this process alone. */
  kind: z.enum(['apply', 'rollback', 'define', 'remove']),
  set: z.string().nullable(),
  change: z.string(),
  /** The process was removed by it. */
  removed: z.boolean(),
  /** Null = removed. */
  command: z.string().nullable(),
  /** Against the version before it; empty for the first that is kept, and for a removal. */
  fields: z.array(FieldDifference),
});
export type VersionView = z.infer<typeof VersionView>;

export const VersionsReply = z.object({
  key: z.string(),
  /** Null = the process is removed. */
  current: z.number().nullable(),
  /** Oldest first. */
  versions: z.array(VersionView),
});
export type VersionsReply = z.infer<typeof VersionsReply>;
