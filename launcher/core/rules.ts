/**
 * What the owner of a machine lets be run on it, whoever asks: `security:` in the launcher's own file, or a file by itself.
 * The manager can neither read nor change it. Seed 003 names `allowed_commands` and `blocked_patterns`.
 *
 * Here is what can be decided by looking at words. What takes the machine (links, directories, users, the launcher's PATH)
 * is looked up in launcher/birth/ruling.ts, which applies all of it, at each definition and again at each birth.
 */
import { z } from 'zod';
import type { CommandLine } from '../../protocol/command-line';
import type { ProcessSpec } from '../../protocol/process-spec';

const isPath = (written: string): boolean =>
  written.startsWith('/') && !written.split('/').some((part) => part === '.' || part === '..');
const Text = z.string().min(1).max(4096);
const Program = Text.refine(
  (written) => isPath(written) || !/[/*?]/.test(written),
  'must be the name of a program, an absolute path, or a glob of absolute paths (/opt/tools/*), without . and ..',
);
const Directory = Text.refine(isPath, 'must be an absolute directory, without . and ..');
/** An empty list could be meant as nothing or as anything, so it is refused where the two would differ in danger. */
const someOf = <T extends z.ZodType>(one: T) =>
  z.array(one).min(1, 'is an empty list, which says neither all nor none; leave the key out to allow all');

const rule = {
  allowed_commands: z.array(Program).default([]),
  blocked_patterns: z.array(Text).default([]),
  allowed_working_dirs: someOf(Directory).optional(),
  allowed_users: someOf(z.union([Text, z.number().int().min(0).transform(String)])).optional(),
  allowed_env: z.array(Text).optional(),
  blocked_env: z.array(Text).default([]),
  allow_containers: z.boolean().default(false),
  allowed_images: someOf(Text).optional(),
  allowed_mounts: z.array(Directory).default([]),
  allow_host_network: z.boolean().default(false),
};

/** The value of `security:`. */
export const RulesDocument = z.strictObject(rule);
export type RuleKey = keyof typeof rule;

/** Null or empty = that rule is not set. */
export interface Rules {
  /** Where they stand, for sentences. */
  readonly file: string;
  /** Names, absolute paths, globs of absolute paths. Empty = any program, and shells. */
  readonly commands: readonly string[];
  /** Substrings of a command line. */
  readonly patterns: readonly string[];
  readonly workingDirs: readonly string[] | null;
  /** Names or numbers. */
  readonly users: readonly string[] | null;
  /** Globs over names of variables that a definition may set. */
  readonly env: readonly string[] | null;
  readonly blockedEnv: readonly string[];
  readonly containers: ContainerRules;
}

/** What is not allowed here is refused: a container gets at the machine by the engine, and that is root. */
export interface ContainerRules {
  readonly isAllowed: boolean;
  /** Globs over names of images, as a definition writes them. Null = any. */
  readonly images: readonly string[] | null;
  /** Directories that it may see, with all below them. Empty = none. */
  readonly mounts: readonly string[];
  readonly hostNetwork: boolean;
}

export const rulesOf = (written: z.output<typeof RulesDocument>, file: string): Rules => ({
  file,
  commands: written.allowed_commands,
  patterns: written.blocked_patterns,
  workingDirs: written.allowed_working_dirs ?? null,
  users: written.allowed_users ?? null,
  env: written.allowed_env ?? null,
  blockedEnv: written.blocked_env,
  containers: {
    isAllowed: written.allow_containers,
    images: written.allowed_images ?? null,
    mounts: written.allowed_mounts,
    hostNetwork: written.allow_host_network,
  },
});

/** The way back: those that are set, under their keys. */
export function rulesWords(rules: Rules): Partial<Record<RuleKey, readonly string[] | true>> {
  const { commands, patterns, workingDirs, users, env, blockedEnv, containers } = rules;
  const words = {
    allowed_commands: commands.length === 0 ? null : commands,
    blocked_patterns: patterns.length === 0 ? null : patterns,
    allowed_working_dirs: workingDirs,
    allowed_users: users,
    allowed_env: env,
    blocked_env: blockedEnv.length === 0 ? null : blockedEnv,
    allow_containers: containers.isAllowed,
    allowed_images: containers.images,
    allowed_mounts: containers.mounts.length === 0 ? null : containers.mounts,
    allow_host_network: containers.hostNetwork,
  } satisfies Record<RuleKey, readonly string[] | boolean | null>;
  return Object.fromEntries(Object.entries(words).filter(([, said]) => said !== null && said !== false));
}

/** Which of them are set, with how much each lists: `allowed_commands (3), blocked_patterns (1) of /etc/procguard.yaml`. */
export function rulesText(rules: Rules): string {
  const set = Object.entries(rulesWords(rules)).map(([key, said]) => (said === true ? key : `${key} (${said.length})`));
  return set.length === 0 ? `none is set in ${rules.file}` : `${set.join(', ')} of ${rules.file}`;
}

/** What a rule forbids. */
export interface Refusal {
  /** The key of a process document that is at fault. */
  readonly field: string;
  /** A sentence for people: what, by which rule of which file, and what to do. */
  readonly why: string;
}

export const refusal = (field: string, { file }: Rules, rule: RuleKey, what: string, otherwise: string): Refusal => ({
  field,
  why: `refused by security.${rule} in ${file} on its machine: ${what}; ${otherwise}, or ask the machine's owner to change the rule`,
});

/** Everything that a definition makes the launcher run, with the key where it stands. */
export function commandsIn({ command, ready, alive }: ProcessSpec): { field: string; line: CommandLine }[] {
  return [
    { field: 'command', line: command },
    ...(ready?.check.kind === 'exec' ? [{ field: 'ready', line: ready.check.command }] : []),
    ...alive.flatMap(({ check }, i) => (check.kind === 'exec' ? [{ field: `alive[${i}]`, line: check.command }] : [])),
  ];
}
