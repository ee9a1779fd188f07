/**
 * Jobs: commands that run to completion, queued until a worker has room. Words shared by manager, launcher and clients.
 * Sources: DESIGN "Words", API_JOBS section 3; the seeds' own words are translated at their faces.
 */
import { z } from 'zod';
import { CommandLine } from './command-line';
import { ContainerSpec } from './container-spec';
import { deepFrozen } from './deep-frozen';
import type { ProcessName } from './ids';
import { LIMITS } from './limits';
import { Env, ResourceLimits, VariableName } from './process-spec';

/** Chosen by whoever submits, or minted (`j_` and 12 characters). A path segment, with room for what is laid around it. */
export const JobId = z
  .string()
  .min(1, 'a job id is empty')
  .max(LIMITS.jobIdCharsMax, `a job id is longer than ${LIMITS.jobIdCharsMax} characters`)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.:@-]*$/,
    'a job id may hold letters, digits and _ . : @ - and starts with a letter, a digit or _',
  )
  .brand<'JobId'>();
export type JobId = z.infer<typeof JobId>;

/** `<job>.<epoch>`: the epoch rises with every attempt of the fleet, so that no attempt id ever comes again. */
export const AttemptId = z.string().min(1).max(LIMITS.nameCharsMax).brand<'AttemptId'>();
export type AttemptId = z.infer<typeof AttemptId>;

export const attemptIdOf = (job: JobId, epoch: number): AttemptId => `${job}.${epoch}` as AttemptId;

/** The process that an attempt is on its worker: the name of its output and of its usage. */
export const attemptProcess = (attempt: AttemptId): ProcessName => `${ATTEMPT_PREFIX}${attempt}` as ProcessName;
/** Null = it is none of a job. */
export const attemptIn = (process: ProcessName): AttemptId | null =>
  process.startsWith(ATTEMPT_PREFIX) ? attemptOfProcess(process) : null;
/** Of a process of role `job`. */
export const attemptOfProcess = (process: string): AttemptId => process.slice(ATTEMPT_PREFIX.length) as AttemptId;
/** 0 = the name has none. */
export const epochOfAttempt = (attempt: AttemptId): number => Number(/\.(\d{1,15})$/.exec(attempt)?.[1] ?? 0);
export const jobOfAttempt = (attempt: AttemptId): JobId => attempt.slice(0, attempt.lastIndexOf('.')) as JobId;
const ATTEMPT_PREFIX = 'job.';

/**
 * RemoteGPU's scale, which is also ours: 1 is first, 10 is last, 5 is the default. Fractions come from other scales.
 * A job may displace one that stands at least PREEMPTION_GAP behind it.
 */
export const Priority = z.number().min(-10).max(20);
export const PRIORITY_DEFAULT = 5;
export const PREEMPTION_GAP = 3;

/** Devices that one attempt needs on one worker. */
export const GpuNeed = z.strictObject({
  count: z.number().int().min(0).max(64).default(0),
  /** Glob over the device's name, case-insensitive and anywhere in it: `a100*` finds NVIDIA A100-SXM4-80GB. Null = any. */
  type: z.string().min(1).max(LIMITS.nameCharsMax).nullable().default(null),
  /** Bytes on each device. With it a device is shared with others that say theirs; null = the whole device. */
  memoryBytes: z.number().int().min(1).nullable().default(null),
});
export type GpuNeed = z.infer<typeof GpuNeed>;

/** Where it may run. Everything named must hold. */
export const JobNeeds = z.strictObject({
  /** A worker's id (RemoteGPU: machine_id); null = any. */
  worker: z.string().min(1).max(LIMITS.nameCharsMax).nullable().default(null),
  /** `worker`: not on the manager's own machine. `local`: only there. `auto`: there only if no other can. */
  target: z.enum(['auto', 'worker', 'local']).default('auto'),
  /** By the workers' labels; all keys must match, values may be globs. */
  labels: z.record(z.string().min(1), z.string()).default({}),
  gpus: GpuNeed.prefault({}),
  /** Cores; 0 = not counted. */
  cpus: z.number().min(0).default(0),
  memoryBytes: z.number().int().min(0).default(0),
  /** So many attempts at once on as many workers, or none (a gang). */
  nodes: z.number().int().min(1).max(256).default(1),
});
export type JobNeeds = z.infer<typeof JobNeeds>;

export const RetryPolicy = z.strictObject({
  /** After the first try. */
  max: z.number().int().min(0).max(1000).default(0),
  delayMs: z.number().int().min(0).default(60_000),
  /** Each delay is this many times the one before. */
  factor: z.number().min(1).max(10).default(1),
  /** Exit codes after which trying again is of no use; 128 + n is signal n, unless a stop or a timeout sent it. */
  notOn: z.array(z.number().int()).max(256).default([]),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** Null = no limit. */
export const JobTimeouts = z.strictObject({
  /** From submission, or from when somebody tried it again, to the first start. */
  queueMs: z.number().int().min(1).nullable().default(null),
  /** Of one attempt, from its start. */
  runMs: z.number().int().min(1).nullable().default(null),
  /** Without a byte of output. */
  silenceMs: z.number().int().min(1).nullable().default(null),
  /** Between the stop signal and SIGKILL. */
  graceMs: z.number().int().min(0).default(30_000),
});
export type JobTimeouts = z.infer<typeof JobTimeouts>;

/** What most jobs leave unsaid is the same object in all of them: a hundred thousand may wait in memory. */
export const USUAL = deepFrozen({
  env: {},
  secrets: [] as string[],
  limits: ResourceLimits.parse({}),
  needs: JobNeeds.parse({}),
  retry: RetryPolicy.parse({}),
  timeouts: JobTimeouts.parse({}),
  after: [] as JobId[],
  labels: {},
});

export const JobSpec = z.strictObject({
  /** For people; the command's first word where none is given. */
  name: z.string().min(1).max(LIMITS.nameCharsMax).nullable().default(null),
  command: CommandLine,
  workingDir: z.string().min(1).nullable().default(null),
  env: Env.default(() => USUAL.env),
  /** Names of variables whose values are secret, beside those whose names say so (secret-names.ts). */
  secrets: z
    .array(VariableName)
    .max(LIMITS.envEntriesMax)
    .default(() => USUAL.secrets),
  user: z.string().min(1).nullable().default(null),
  group: z.string().min(1).nullable().default(null),
  limits: ResourceLimits.default(() => USUAL.limits),
  /** It runs in a container of the worker's engine; null = as a child of its launcher. */
  container: ContainerSpec.nullable().default(null),
  /** A directory of its own, gone after its end; null = `workingDir`, or the launcher's. */
  workDir: z.literal('private').nullable().default(null),
  needs: JobNeeds.default(() => USUAL.needs),
  priority: Priority.default(PRIORITY_DEFAULT),
  /** Whether a far more urgent job may stop it and take its place. */
  preemptible: z.boolean().default(true),
  retry: RetryPolicy.default(() => USUAL.retry),
  timeouts: JobTimeouts.default(() => USUAL.timeouts),
  /** Jobs that must end before: all of them `completed`, or in any way. */
  after: z
    .array(JobId)
    .max(LIMITS.jobDependenciesMax)
    .default(() => USUAL.after),
  afterMode: z.enum(['completed', 'any_terminal']).default('completed'),
  /** Not before (ms since the epoch); null = at once. */
  notBeforeMs: z.number().nullable().default(null),
  /** The job's own, for lists and limits. Not its workers'. */
  labels: z
    .record(z.string().min(1).max(LIMITS.nameCharsMax), z.string().max(LIMITS.nameCharsMax))
    .default(() => USUAL.labels),
  queue: z.string().min(1).max(LIMITS.nameCharsMax).default('default'),
  /** How long a silent worker is trusted with it, before it is given to another (its launcher stops it a little earlier). */
  trustMs: z
    .number()
    .int()
    .min(1_000)
    .default(30 * 60_000),
  /** A regular expression over its log whose first group is the percentage, the second (if any) a message. */
  progress: z.string().min(1).max(LIMITS.searchCharsMax).nullable().default(null),
  /** Element of an array: `$PROCGUARD_ARRAY_INDEX`. */
  array: z
    .strictObject({
      id: JobId,
      index: z.number().int(),
      /** Elements that may run at once; null = any number. */
      atOnce: z.number().int().min(1).nullable(),
    })
    .nullable()
    .default(null),
});
export type JobSpec = z.infer<typeof JobSpec>;

/**
 * waiting: for what it depends on, a delay or an approval. queued: for room. assigned: leased, not yet begun.
 * stopping: asked to end, its tree not yet verified gone. The last three are over.
 */
export const JOB_STATES = [
  'waiting',
  'queued',
  'assigned',
  'running',
  'stopping',
  'completed',
  'failed',
  'cancelled',
] as const;
export type ShownJobState = (typeof JOB_STATES)[number];

/** How an attempt ended. */
export const ATTEMPT_OUTCOMES = [
  /** Exit code 0. */
  'completed',
  'failed',
  'cancelled',
  'preempted',
  /** Past its run time, or silent for too long. */
  'timeout',
  /** A rule of the machine's owner, or what it is to run cannot be born there (no such program); it never ran. */
  'refused',
  /** Its worker was silent for as long as that is trusted, or could not begin it for a reason that passes (a full disk). */
  'lost',
] as const;
export const AttemptOutcome = z.enum(ATTEMPT_OUTCOMES);
export type AttemptOutcome = z.infer<typeof AttemptOutcome>;
