/** From a definition to a birth: words, environment, identity and limits, found out on this machine. */
import { resolve } from 'node:path';
import type { ProcessSpec } from '../../protocol/process-spec';
import { unopened } from '../../protocol/sealed-env';
import { quoted } from '../core/birth-script';
import { childEnvironment, type Environment } from '../core/child-environment';
import { planLimits, type LimitPlan } from '../core/limit-plan';
import { isolationWords } from '../core/isolation';
import type { Refusal } from '../core/rules';
import { becomeUser } from './become-user';
import { containerBirth } from './container-birth';
import { readEnvFiles } from './env-files';
import type { Machine } from '../process/machine';
import { findInPath, whyNotRunnable, wordsOf } from './program';
import { rulingOn, type Allowed } from './ruling';
import { CannotBeBorn, type Birth, type Wanted } from './wanted';

/**
 * What a shim runs with whose child becomes another user: as root, and with nothing of that user's, neither a directory that
 * root may not enter (NFS), nor a variable by which the user could make root's programs do something (LD_PRELOAD).
 */
export const OF_ROOT = {
  cwd: '/',
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
} as const;

/** @throws CannotBeBorn */
export function birthOf(wanted: Wanted, machine: Machine): Birth {
  const { spec, environment, about, rules } = wanted;
  const as = spec.container === undefined ? becomeUser(spec) : ({ kind: 'same' } as const);
  if (as.kind === 'refused') throw new CannotBeBorn(as.why);
  const files = readEnvFiles(spec.envFiles, directoryOf(wanted));
  if (files.kind === 'refused') throw new CannotBeBorn(files.why);
  const [sealed] = unopened(spec);
  if (sealed !== undefined)
    throw new CannotBeBorn(
      `the value of ${sealed} cannot be opened: it was sealed with another secret key than this launcher has; give its value anew (docs/secrets.md)`,
    );
  const { words: own, workingDir, container } = allowed(wanted, files.variables);
  if (container !== null) return containerBirth(wanted, { spec: container, words: own, fromFiles: files.variables });
  const whole = childEnvironment({
    launcher: environment,
    inherit: spec.envInherit,
    identity: as.kind === 'other' ? as.env : {},
    files: files.variables,
    own: spec.env,
    about,
  });
  const isRoot = as.kind === 'other' ? as.uid === 0 : process.getuid?.() === 0;
  const plan = limitsOf(spec, machine, isRoot);
  const { cgroup, unenforced, niceBy, ...rlimits } = plan;
  const hasPrivateDir = spec.workDir === 'private';
  /** What stands before a program is ours: a PATH of the definition's must not find another. */
  const ours = (program: string): string => findInPath(program, pathOf(wanted)) ?? program;
  const { words, env } = throughTheShell(own, whole, ours);
  return {
    words,
    workingDir,
    env,
    as,
    isContainer: false,
    isSplit: spec.output === 'split',
    stdin: spec.stdin.kind === 'file' ? { kind: 'file', path: resolve(workingDir, spec.stdin.path) } : spec.stdin,
    cgroup,
    steps: {
      ...rlimits,
      umask: spec.umask,
      standsIn: rules?.workingDirs == null || hasPrivateDir ? null : workingDir,
      nice: niceBy === null ? [] : [ours('nice'), '-n', String(niceBy)],
      identity: as.kind === 'other' ? { words: as.words, who: as.who, workingDir, env: env.all } : null,
    },
    hasPrivateDir,
    unenforced,
    isolation: isolationWords(plan, {
      who: as.kind === 'other' ? as.who : null,
      version: (controller) => machine.controllers().get(controller)?.version ?? null,
      envInherit: spec.envInherit,
      hasPrivateDir,
    }),
    keeps: spec.envFiles.length === 0 && as.kind === 'same' && rules === null,
  };
}

/** Where it runs, and what its paths are relative to. Of a container the directory is one inside, and its paths are the launcher's. */
const directoryOf = ({ spec, workingDir }: Pick<Wanted, 'spec' | 'workingDir'>): string =>
  resolve(spec.container === undefined ? (spec.workingDir ?? workingDir) : workingDir);

/** @throws CannotBeBorn where a rule is against it */
function allowed(wanted: Wanted, fromFiles: Readonly<Record<string, string>>): Allowed {
  const { rules, spec } = wanted;
  const workingDir = directoryOf(wanted);
  if (rules === null) return { words: wordsOf(spec.command), workingDir, container: spec.container ?? null };
  const ruling = rulingOn(rules, { spec, workingDir, fromFiles: Object.keys(fromFiles), path: pathOf(wanted) });
  if (ruling.kind === 'refused') throw new CannotBeBorn(ruling.refusal.why, 'rule');
  return ruling.value;
}

/** Where the launcher itself looks for programs: a definition's own PATH has no say in what a rule is about. */
export const pathOf = ({ environment }: Pick<Wanted, 'environment'>): string =>
  environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';

/** What the owner's rules have against it, as things are now; null = nothing. Other obstacles are the birth's to find. */
export function refusalOf(wanted: Omit<Wanted, 'about'>): Refusal | null {
  const { rules, spec } = wanted;
  if (rules === null) return null;
  const workingDir = directoryOf(wanted);
  const files = readEnvFiles(spec.envFiles, workingDir);
  const fromFiles = files.kind === 'refused' ? [] : Object.keys(files.variables);
  const ruling = rulingOn(rules, { spec, workingDir, fromFiles, path: pathOf(wanted) });
  return ruling.kind === 'refused' ? ruling.refusal : null;
}

/** Why it cannot run here, as far as the launcher can see; a birth as another user finds out by itself. Null = it can. */
export const obstacleTo = ({ as, words, workingDir, env }: Birth): string | null =>
  as.kind === 'other' ? null : whyNotRunnable(words, workingDir, env.get('PATH'));

function limitsOf({ limits }: ProcessSpec, machine: Machine, isRoot: boolean): LimitPlan {
  // Most have none, and the machine need not be asked what it could do.
  if (Object.values(limits).every((limit) => limit === null)) return NO_LIMITS;
  return planLimits(limits, machine.abilities(), { isRoot });
}

const NO_LIMITS: LimitPlan = {
  cgroup: {},
  addressSpaceBytes: null,
  userProcesses: null,
  openFiles: null,
  niceBy: null,
  oomScore: null,
  unenforced: [],
};

/**
 * sh drops variables whose names it could not have written itself (`a.b`), so their values go under names of ours, and
 * `env` gives them back what they are called. As words of a command they would stand in the process list for all to see. Behind `--`,
 * because a name like `-S sh -c ...` would be an option, and a command of its own.
 */
function throughTheShell(
  words: readonly string[],
  env: Environment,
  ours: (program: string) => string,
): { readonly words: readonly string[]; readonly env: Environment } {
  const odd = env.oddlyNamed.map(([name, value], at) => ({ name, value, carrier: `__PG_CARRIED_${at}` }));
  if (odd.length === 0) return { words, env };
  const given = odd.map(({ carrier }) => `-u ${carrier} `).join('');
  const named = odd.map(({ name, carrier }) => `${quoted(`${name}=`)}"$${carrier}" `).join('');
  return {
    words: [
      '/bin/sh',
      '-c',
      `__pg_newline='\n'; exec ${quoted(ours('env'))} ${given}-- ${named}"$@"`,
      'procguard-env',
      ...words,
    ],
    env: env.with(Object.fromEntries(odd.map(({ carrier, value }) => [carrier, value]))),
  };
}
