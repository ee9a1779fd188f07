/** What a process is to be. Written by people (flags, YAML, API), kept by the launcher, shown by the manager. */
import { z } from 'zod';
import { CommandLine, WithoutNul } from './command-line';
import { ContainerSpec } from './container-spec';
import { DependsOn } from './dependencies';
import { LIMITS } from './limits';
import { ProcessName } from './ids';
import { AliveProbe, ReadyProbe } from './probes';
import { RestartPolicy } from './restart-policy';

export { CommandLine, commandText } from './command-line';

export const VariableName = z.string().regex(/^[^=\0]+$/, 'a variable name has no = and no NUL');
export const Env = z
  .record(VariableName, WithoutNul)
  .refine((env) => Object.keys(env).length <= LIMITS.envEntriesMax, `more than ${LIMITS.envEntriesMax} variables`);
export type Env = z.infer<typeof Env>;

const Signal = z.string().regex(/^SIG[A-Z0-9+]+$/, 'must be the name of a signal, as SIGTERM');

export const StopStep = z.object({
  signal: Signal,
  /** How long the tree has after it. */
  graceMs: z.number().int().min(0),
});
export type StopStep = z.infer<typeof StopStep>;

export const StopPolicy = z.object({
  /** Sent first, to the whole tree. */
  signal: Signal.default('SIGTERM'),
  graceMs: z.number().int().min(0).default(10_000),
  /** Further steps, each when the grace before it is over. After the last one SIGKILL always follows. */
  then: z.array(StopStep).max(LIMITS.stopStepsMax).default([]),
});
export type StopPolicy = z.infer<typeof StopPolicy>;

export const HealthCheck = z.object({
  /** GET; 2xx and 3xx are healthy. Seed 002: `health_check_url`. A failure is a finding, and FailureHandler's to decide. */
  url: z.url(),
  intervalMs: z.number().int().min(100).default(10_000),
  timeoutMs: z.number().int().min(10).default(5_000),
  /** This many failures in a row make a finding. */
  failuresMax: z.number().int().min(1).default(3),
});
export type HealthCheck = z.infer<typeof HealthCheck>;

/** Null = not limited by us. Through the run's cgroup where one can be made, else rlimits; what is not enforced is said. */
export const ResourceLimits = z.object({
  /** Of the whole tree in a cgroup; of each process (address space) by rlimit. Bytes. */
  memoryBytes: z
    .number()
    .int()
    .min(1024 * 1024)
    .nullable()
    .default(null),
  /** Cores of the whole tree: 1.5 = one and a half. Needs a cgroup. */
  cpuCores: z.number().min(0.01).nullable().default(null),
  /** Processes and threads of the tree. */
  pids: z.number().int().min(1).nullable().default(null),
  /** File descriptors of each process (RLIMIT_NOFILE). */
  openFiles: z.number().int().min(3).nullable().default(null),
  /** -20 (first) to 19 (last). */
  nice: z.number().int().min(-20).max(19).nullable().default(null),
  /** `oom_score_adj`: -1000 (never) to 1000 (first). */
  oomScore: z.number().int().min(-1000).max(1000).nullable().default(null),
});
export type ResourceLimits = z.infer<typeof ResourceLimits>;

export const Stdin = z.discriminatedUnion('kind', [
  /** /dev/null. */
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('file'), path: z.string().min(1) }),
  z.object({ kind: z.literal('text'), text: z.string().max(LIMITS.stdinCharsMax) }),
]);
export type Stdin = z.infer<typeof Stdin>;

export const ProcessSpec = z.object({
  name: ProcessName,
  command: CommandLine,
  /** Absolute; null = the launcher's own. */
  workingDir: z.string().nullable().default(null),
  /** `private`: instead of `workingDir` a directory made empty for each run, its user's own, and removed after its end. */
  workDir: z.literal('private').optional(),
  /** It runs in a container; absent = it is a child of the launcher. */
  container: ContainerSpec.optional(),
  /** Added last: over `envFiles`, over what is inherited. */
  env: Env.default({}),
  /** Names of variables whose values are secret, beside those whose names say so (secret-names.ts). */
  secrets: z.array(VariableName).max(LIMITS.envEntriesMax).default([]),
  /** Files of NAME=value lines, read at each start; a leading `-` lets a missing one pass. */
  envFiles: z.array(z.string().min(1)).default([]),
  /** Globs over names of the launcher's variables that are handed on (PATH, HOME, LANG always are); null = all. */
  envInherit: z.array(z.string().min(1)).nullable().default(null),
  /** Name or number; null = the launcher's own. Others take a launcher that runs as root. */
  user: z.string().min(1).nullable().default(null),
  /** Null = the user's own group. */
  group: z.string().min(1).nullable().default(null),
  /** 0o022 = 18; null = the launcher's own. */
  umask: z.number().int().min(0).max(0o777).nullable().default(null),
  stdin: Stdin.default({ kind: 'none' }),
  /** `split`: stderr is a stream of its own beside stdout; their order to each other is then not kept. */
  output: z.enum(['merged', 'split']).default('merged'),
  limits: ResourceLimits.prefault({}),
  restart: RestartPolicy.prefault({}),
  stop: StopPolicy.prefault({}),
  ready: ReadyProbe.nullable().default(null),
  alive: z.array(AliveProbe).max(LIMITS.probesMax).default([]),
  dependsOn: DependsOn.default({}),
  /** Gets the leader's pid while it runs, removed when it ended; null = none. */
  pidFile: z.string().nullable().default(null),
  healthCheck: HealthCheck.nullable().default(null),
  /** Free word of the user, seed 002 `worker_type`. */
  type: z.string().default('default'),
  /** The document it was applied from (`procguard apply`): what leaves the document leaves its worker. Null = none. */
  set: z.string().nullable().default(null),
  /**
   * What it is there for. `service`: people's, kept as they wish and told to the manager as a process. `job`: an attempt of
   * the manager's queue, told as that. `local-job`: of the launcher's own queue, told to nobody. Not people's to write.
   */
  role: z.enum(['service', 'job', 'local-job']).default('service'),
  /** Desired state when the launcher meets this process for the first time: true = running. */
  autoStart: z.boolean().default(false),
});
export type ProcessSpec = z.infer<typeof ProcessSpec>;
