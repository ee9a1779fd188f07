/** What a process is to be. Written by people (flags, YAML, API), kept by the launcher, shown by the manager. */
import { z } from 'zod';
import { LIMITS } from './limits';
import { ProcessName } from './ids';
import { RestartPolicy } from './restart-policy';

/** A string runs in `/bin/sh -c` exactly as written; an array is executed directly, without a shell. */
export const CommandLine = z.union([
  z.string().min(1, 'command is empty').max(LIMITS.commandCharsMax),
  z.array(z.string().max(LIMITS.commandCharsMax)).min(1, 'command is an empty list'),
]);
export type CommandLine = z.infer<typeof CommandLine>;

export const Env = z
  .record(z.string().regex(/^[^=\0]+$/, 'a variable name has no = and no NUL'), z.string())
  .refine((env) => Object.keys(env).length <= LIMITS.envEntriesMax, `more than ${LIMITS.envEntriesMax} variables`);
export type Env = z.infer<typeof Env>;

export const StopPolicy = z.object({
  /** Sent first, to the whole process group. */
  signal: z
    .string()
    .regex(/^SIG[A-Z0-9+]+$/)
    .default('SIGTERM'),
  /** How long the tree has before SIGKILL. */
  graceMs: z.number().int().min(0).default(10_000),
});
export type StopPolicy = z.infer<typeof StopPolicy>;

export const HealthCheck = z.object({
  /** GET; 2xx and 3xx are healthy. Seed 002: `health_check_url`. */
  url: z.url(),
  intervalMs: z.number().int().min(100).default(10_000),
  timeoutMs: z.number().int().min(10).default(5_000),
  /** This many failures in a row make a finding. */
  failuresMax: z.number().int().min(1).default(3),
});
export type HealthCheck = z.infer<typeof HealthCheck>;

export const ProcessSpec = z.object({
  name: ProcessName,
  command: CommandLine,
  /** Absolute; null = the launcher's own. */
  workingDir: z.string().nullable().default(null),
  /** Added to the launcher's environment. */
  env: Env.default({}),
  restart: RestartPolicy.prefault({}),
  stop: StopPolicy.prefault({}),
  /** Gets the leader's pid while it runs, removed when it ended; null = none. */
  pidFile: z.string().nullable().default(null),
  healthCheck: HealthCheck.nullable().default(null),
  /** Free word of the user, seed 002 `worker_type`. */
  type: z.string().default('default'),
  /** Desired state when the launcher meets this process for the first time: true = running. */
  autoStart: z.boolean().default(false),
});
export type ProcessSpec = z.infer<typeof ProcessSpec>;

/** The command as one line for people. */
export const commandText = (command: CommandLine): string =>
  typeof command === 'string'
    ? command
    : command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
