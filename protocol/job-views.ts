/**
 * Jobs as people and programs are shown them: rows of lists, a job with its attempts, figures of the queue. Times end in
 * `_ms` and are ms since the epoch by the manager's clock. Null = there is none, or not yet.
 */
import { z } from 'zod';
import { ExitCause } from './exit';
import { ATTEMPT_OUTCOMES, JOB_STATES } from './jobs';

export const ShownJobState = z.enum(JOB_STATES);

export const JobProgress = z.object({ percent: z.number().nullable(), message: z.string().nullable() });

/** One line of a list. */
export const JobRow = z.object({
  job_id: z.string(),
  /** Its name, or the first word of its command. */
  name: z.string(),
  state: ShownJobState,
  /** One sentence: why it is so. */
  why: z.string(),
  since_ms: z.number(),
  submitted_at_ms: z.number(),
  /** Of its newest attempt. */
  started_at_ms: z.number().nullable(),
  ended_at_ms: z.number().nullable(),
  /** Who submitted it. */
  owner: z.string(),
  queue: z.string(),
  /** 1 is first, 10 is last. */
  priority: z.number(),
  labels: z.record(z.string(), z.string()),
  /** As one line. */
  command: z.string(),
  /** Of its newest attempt. */
  worker_id: z.string().nullable(),
  attempt_id: z.string().nullable(),
  attempts: z.number(),
  /** Devices that it asks for, on each node. */
  gpus: z.number(),
  nodes: z.number(),
  /** Of the attempt that decided. Null = none ended, or by a signal. */
  exit_code: z.number().nullable(),
  progress: JobProgress.nullable(),
  array: z.object({ id: z.string(), index: z.number() }).nullable(),
  /** The schedule that it is of, and the time that it is for, by the wall's clock. */
  schedule: z.object({ name: z.string(), planned_at_ms: z.number() }).nullable(),
  /** The API that it came by. */
  via: z.enum(['procguard', 'remotegpu', 'simpletuner']),
  /** Rises with each submission; lists are sorted by it, newest first. */
  order: z.number(),
});
export type JobRow = z.infer<typeof JobRow>;

export const AttemptView = z.object({
  attempt_id: z.string(),
  worker_id: z.string(),
  /** 0 to nodes-1 of a gang. */
  node: z.number(),
  /** `stopping`: asked to end. */
  state: z.enum(['assigned', 'running', 'stopping', 'ended']),
  /** Set when it ended. */
  outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
  why: z.string(),
  assigned_at_ms: z.number(),
  started_at_ms: z.number().nullable(),
  ended_at_ms: z.number().nullable(),
  /** When it is given away if its worker stays silent. Null = it ended. */
  lease_until_ms: z.number().nullable(),
  exit_code: z.number().nullable(),
  signal: z.string().nullable(),
  cause: ExitCause.nullable(),
  /** Devices by index; null memory = the whole device. */
  gpus: z.array(z.object({ index: z.number(), memory_bytes: z.number().nullable() })),
  /** What isolation was really in force; empty = none, or not told yet. */
  isolation: z.array(z.string()),
  /** What was asked for and is not in force, a sentence each. */
  unenforced: z.array(z.string()),
  /** Who asked it to end. */
  stop: z.object({ by: z.string(), why: z.string(), at_ms: z.number() }).nullable(),
  /** Stored output. */
  log_bytes: z.number(),
  /**
   * Where its output is for /api/logs/<worker_id>/<process>/<run_id> and for `log.follow`. Null = it is kept with the job
   * (workers of other protocols), or it never ran: GET /api/jobs/<id>/logs has either.
   */
  log: z.object({ worker_id: z.string(), process: z.string(), run_id: z.string() }).nullable(),
  /** What its tree uses now; null = it does not run, or was not sampled yet. */
  usage: z.object({ cpu: z.number(), rss_bytes: z.number(), gpu_memory_bytes: z.number() }).nullable(),
  /**
   * Over its life, from samples (docs/usage.md): core seconds, and the most memory of its tree. Null = it was never
   * sampled, or what was is kept no more. Of a job that was tried often the newest tries alone have it.
   */
  total: z
    .object({ cpu_seconds: z.number(), max_rss_bytes: z.number(), max_gpu_memory_bytes: z.number().nullable() })
    .nullable(),
});
export type AttemptView = z.infer<typeof AttemptView>;

export const JobView = JobRow.extend({
  /** As POST /api/jobs takes it; secrets of `env` are masked. */
  spec: z.record(z.string(), z.unknown()),
  /** Oldest first. */
  tries: z.array(AttemptView),
  /** The try whose output /api/jobs/<id>/logs gives unless another is named. Null = nothing has begun. */
  logs_attempt_id: z.string().nullable(),
  /** Tries that failed and were followed by another, and how many are allowed. */
  retries: z.number(),
  retries_max: z.number(),
  /** What it waits for, or waited for. State null = forgotten. */
  after: z.array(z.object({ job_id: z.string(), state: ShownJobState.nullable() })),
  /** Who waits for it. */
  dependents: z.array(z.object({ job_id: z.string(), state: ShownJobState })),
  /** Of those that are queued: so many are before it, by priority and time. */
  place: z.number().nullable(),
  key: z.string().nullable(),
});
export type JobView = z.infer<typeof JobView>;

/** An attempt that a worker has now. */
export const WorkerJob = z.object({
  job_id: z.string(),
  attempt_id: z.string(),
  /** The job's name, or its id. */
  name: z.string(),
  state: z.enum(['assigned', 'running', 'stopping']),
  /** Since when it runs, or was given. */
  since_ms: z.number(),
  /** Devices by index. */
  gpus: z.array(z.number()),
});
export type WorkerJob = z.infer<typeof WorkerJob>;

/** A device, and who has it. Used without jobs: by programs that are not ours. */
export const WorkerGpu = z.object({
  index: z.number(),
  name: z.string(),
  /** Null = its worker does not tell. */
  memory_total_bytes: z.number().nullable(),
  memory_used_bytes: z.number().nullable(),
  /** Busy share, 0 to 1. */
  utilization: z.number().nullable(),
  /** Null memory = the whole device. */
  jobs: z.array(z.object({ job_id: z.string(), memory_bytes: z.number().nullable() })),
});
export type WorkerGpu = z.infer<typeof WorkerGpu>;
/** What heartbeats tell of it. */
export const MeasuredGpu = WorkerGpu.omit({ jobs: true });
export type MeasuredGpu = z.infer<typeof MeasuredGpu>;

/** How many jobs are in each state. */
export const JobCounts = z.record(ShownJobState, z.number());
export type JobCounts = z.infer<typeof JobCounts>;

/** Over what was seen since the manager started, newest thousand. Milliseconds. */
export const SpanFigures = z.object({
  count: z.number(),
  p50_ms: z.number().nullable(),
  p90_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
  max_ms: z.number().nullable(),
});
export type SpanFigures = z.infer<typeof SpanFigures>;

export const JobStats = z.object({
  counts: JobCounts,
  /** Those that are not over, by queue and by owner. */
  queues: z.record(z.string(), z.number()),
  owners: z.record(z.string(), z.number()),
  /** Since when the one that is queued for longest is. */
  oldest_queued_ms: z.number().nullable(),
  /** From submission to the first start. */
  wait: SpanFigures,
  /** Of attempts, from start to end. */
  run: SpanFigures,
  /** Attempts that ended since the manager started. */
  outcomes: z.record(z.enum(ATTEMPT_OUTCOMES), z.number()),
  slots: z.object({ total: z.number(), taken: z.number() }),
  gpus: z.object({ total: z.number(), given: z.number() }),
});
export type JobStats = z.infer<typeof JobStats>;

/** `all`, `user:alice`, `user:*`, `queue:night`, `label:team=nlp`. */
export const JobLimitView = z.object({
  scope: z.string(),
  /** Jobs that may run at once. */
  max: z.number(),
  /** That run now; null where the limit is one of many (`user:*`). */
  active: z.number().nullable(),
  /** `configuration`: it is in the manager's file (jobs.limits), and is changed there alone. */
  from: z.enum(['api', 'configuration']),
});
export type JobLimitView = z.infer<typeof JobLimitView>;
