/**
 * A job as people write it: in a body of the HTTP API, in a template. Snake case, durations and sizes with units
 * (amounts.ts). `jobSpecOf` gives the `JobSpec`; a key that is not known here is refused, and named.
 */
import { z } from 'zod';
import { Duration, durationMs, Size } from './amounts';
import { CommandWord } from './command-line';
import { ContainerSpec } from './container-spec';
import { ContainerWords } from './container-words';
import { deepFrozen } from './deep-frozen';
import { GpuNeed, JobId, JobNeeds, JobSpec, JobTimeouts, RetryPolicy, USUAL } from './jobs';
import { CommandLine, Env, ResourceLimits } from './process-spec';
import { LIMITS } from './limits';

const SpanMs = Duration.pipe(z.number().min(1)).nullable().default(null);

/** Numbers and yes or no become text: a variable is text. */
const EnvWords = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).pipe(Env);

/** `2`, or `{count, type, memory}`. */
const GpuWords = z.union([
  GpuNeed.shape.count.transform((count) => ({ count, type: null, memory: null })),
  z.strictObject({
    count: GpuNeed.shape.count.prefault(1),
    type: GpuNeed.shape.type,
    /** On each device; with it a device is shared. */
    memory: Size.pipe(z.number().min(1)).nullable().default(null),
  }),
]);

const NeedsWords = z.strictObject({
  worker: JobNeeds.shape.worker,
  target: JobNeeds.shape.target,
  labels: JobNeeds.shape.labels,
  gpus: GpuWords,
  cpus: JobNeeds.shape.cpus,
  memory: Size.default(0),
  nodes: JobNeeds.shape.nodes,
});

const RetryWords = z.strictObject({
  max: RetryPolicy.shape.max,
  delay: Duration.default(60_000),
  factor: RetryPolicy.shape.factor,
  /** Exit codes after which trying again is of no use; 128 + n is signal n, unless a stop or a timeout sent it. */
  not_on: RetryPolicy.shape.notOn,
});

const TimeoutWords = z.strictObject({
  queue: SpanMs,
  run: SpanMs,
  silence: SpanMs,
  grace: Duration.default(JobTimeouts.parse({}).graceMs),
});

const LimitWords = z.strictObject({
  memory: Size.pipe(z.number().min(2 ** 20))
    .nullable()
    .default(null),
  cpu: ResourceLimits.shape.cpuCores,
  pids: ResourceLimits.shape.pids,
  open_files: ResourceLimits.shape.openFiles,
  nice: ResourceLimits.shape.nice,
  oom_score: ResourceLimits.shape.oomScore,
});

/** `2h` from now, or a date. */
const LaterWords = z
  .string()
  .refine((text) => durationMs(text) !== null || !Number.isNaN(Date.parse(text)), {
    message: 'must be how long from now (90s, 2h, 1d) or a date (2026-01-31T12:00:00Z)',
  })
  .nullable()
  .default(null);

/** What most jobs leave unsaid: made once, and known again by `jobSpecOf`. */
const UNSAID = deepFrozen({
  args: [] as string[],
  limits: LimitWords.parse({}),
  needs: NeedsWords.parse({}),
  retries: RetryWords.parse({}),
  timeouts: TimeoutWords.parse({}),
});

/** The keys of a job, for whoever lays others beside them. */
export const jobWords = {
  name: JobSpec.shape.name,
  /** A text runs in a shell as it is written; a list is executed as it is. */
  command: CommandLine,
  /** Behind the command; a text becomes the program's name then, and no shell is used. */
  args: z.array(CommandWord).default(() => UNSAID.args),
  working_dir: JobSpec.shape.workingDir,
  env: EnvWords.default(() => USUAL.env),
  secrets: JobSpec.shape.secrets,
  user: JobSpec.shape.user,
  group: JobSpec.shape.group,
  limits: LimitWords.default(() => UNSAID.limits),
  container: ContainerWords.transform((words): unknown => words)
    .pipe(ContainerSpec)
    .nullable()
    .default(null),
  work_dir: JobSpec.shape.workDir,
  needs: NeedsWords.default(() => UNSAID.needs),
  /** 1 is first, 10 is last. */
  priority: JobSpec.shape.priority,
  preemptible: JobSpec.shape.preemptible,
  /** `3`, or `{max, delay, factor, not_on}`. */
  retries: z
    .union([RetryPolicy.shape.max.transform((max) => RetryWords.parse({ max })), RetryWords])
    .default(() => UNSAID.retries),
  timeouts: TimeoutWords.default(() => UNSAID.timeouts),
  after: z.union([JobId.transform((id) => [id]), JobSpec.shape.after]).default(() => USUAL.after),
  after_mode: JobSpec.shape.afterMode,
  not_before: LaterWords,
  /** The job's own, for lists and limits. */
  labels: JobSpec.shape.labels,
  queue: JobSpec.shape.queue,
  /** How long a silent worker is trusted with it. */
  trust: Duration.pipe(z.number().min(1000)).default(30 * 60_000),
  /** A regular expression over its log: the first group is the percentage, the second a message. */
  progress: z
    .string()
    .min(1)
    .max(LIMITS.searchCharsMax)
    .refine(isExpression, { message: 'must be a regular expression' })
    .nullable()
    .default(null),
};

export const JobDocument = z.strictObject(jobWords);
export type JobDocument = z.input<typeof JobDocument>;
export type JobWords = z.output<typeof JobDocument>;

export function jobSpecOf(words: JobWords, nowMs: number): JobSpec {
  const { needs, retries, timeouts, limits } = words;
  return {
    name: words.name,
    command: words.args.length === 0 ? words.command : [words.command, words.args].flat(),
    workingDir: words.working_dir,
    env: words.env,
    secrets: words.secrets,
    user: words.user,
    group: words.group,
    container: words.container,
    workDir: words.work_dir,
    limits: limits === UNSAID.limits ? USUAL.limits : limitsOf(limits),
    needs: needs === UNSAID.needs ? USUAL.needs : needsOf(needs),
    priority: words.priority,
    preemptible: words.preemptible,
    retry: retries === UNSAID.retries ? USUAL.retry : retryOf(retries),
    timeouts: timeouts === UNSAID.timeouts ? USUAL.timeouts : timeoutsOf(timeouts),
    after: words.after,
    afterMode: words.after_mode,
    notBeforeMs: words.not_before === null ? null : laterMs(words.not_before, nowMs),
    labels: words.labels,
    queue: words.queue,
    trustMs: words.trust,
    progress: words.progress,
    array: null,
  };
}

const limitsOf = (limits: JobWords['limits']): JobSpec['limits'] => ({
  memoryBytes: limits.memory,
  cpuCores: limits.cpu,
  pids: limits.pids,
  openFiles: limits.open_files,
  nice: limits.nice,
  oomScore: limits.oom_score,
});

const needsOf = ({ gpus, ...needs }: JobWords['needs']): JobSpec['needs'] => ({
  worker: needs.worker,
  target: needs.target,
  labels: needs.labels,
  gpus: { count: gpus.count, type: gpus.type, memoryBytes: gpus.memory },
  cpus: needs.cpus,
  memoryBytes: needs.memory,
  nodes: needs.nodes,
});

const retryOf = (retries: JobWords['retries']): JobSpec['retry'] => ({
  max: retries.max,
  delayMs: retries.delay,
  factor: retries.factor,
  notOn: retries.not_on,
});

const timeoutsOf = (timeouts: JobWords['timeouts']): JobSpec['timeouts'] => ({
  queueMs: timeouts.queue,
  runMs: timeouts.run,
  silenceMs: timeouts.silence,
  graceMs: timeouts.grace,
});

function laterMs(text: string, nowMs: number): number {
  const span = durationMs(text);
  return span === null ? Date.parse(text) : nowMs + span;
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
