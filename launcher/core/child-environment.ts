/** The environment a child is born with. */
import { globMatches } from '../../protocol/glob';
import { jobOfAttempt, type AttemptId } from '../../protocol/jobs';
import type { ProcessSpec } from '../../protocol/process-spec';

/** The run's cookie, set by the shim: inherited by every descendant, so that one that left group and session is still found. */
export const COOKIE_VARIABLE = 'PROCGUARD_RUN_ID';

/** The run's directory, told to the program that keeps a container and to no other. */
export const DIRECTORY_VARIABLE = 'PROCGUARD_RUN_DIRECTORY';

/** When the run was born, set by the shim. Seed 002. */
export const START_TIME_VARIABLE = 'WORKER_START_TIME';

/**
 * Not the child's business: the launcher's own secrets, a manager's, the variables of another process, and the cookie of
 * a run that the launcher itself may be in.
 */
const KEPT_BACK = new Set([
  'WORKER_TOKEN',
  'SIMPLETUNER_WORKER_TOKEN',
  'AGENT_TOKEN',
  'WORKER_ENV',
  'PROCGUARD_SECRET_KEY',
  'PROCGUARD_SECRET_KEY_FILE',
  'PROCGUARD_AUDIT_KEY',
  'SIMPLETUNER_AUDIT_KEY',
  COOKIE_VARIABLE,
  DIRECTORY_VARIABLE,
  START_TIME_VARIABLE,
]);

/** Handed on whatever `env_inherit` says: without them hardly a program finds its way. */
const ALWAYS_INHERITED = ['PATH', 'HOME', 'LANG', 'LC_*', 'TZ', 'TMPDIR', 'USER', 'LOGNAME', 'SHELL'];

export type Variables = Readonly<Record<string, string>>;

/**
 * All variables of a child: what most children of a launcher have alike, which is one object for all of them and looked through
 * once, and what is this one's alone, which wins. There may be a hundred of the first, and a hundred births in a second.
 */
export class Environment {
  constructor(
    private readonly common: Variables,
    private readonly own: Variables,
  ) {}

  get(name: string): string | undefined {
    return this.own[name] ?? this.common[name];
  }

  get all(): Variables {
    return { ...this.common, ...this.own };
  }

  with(more: Variables): Environment {
    return new Environment(this.common, { ...this.own, ...more });
  }

  /** Those that the other one has not, or otherwise. */
  unlike(other: Environment): [string, string][] {
    const names = Object.keys(this.common === other.common ? { ...other.own, ...this.own } : this.all);
    return names.flatMap((name) => {
      const value = this.get(name);
      return value === undefined || value === other.get(name) ? [] : [[name, value]];
    });
  }

  /** Names that the other one has, and this has not. */
  lacking(other: Environment): string[] {
    const names = Object.keys(this.common === other.common ? other.own : other.all);
    return names.filter((name) => this.get(name) === undefined);
  }

  /** Those that a shell cannot hold (`a.b`). */
  get oddlyNamed(): [string, string][] {
    const odd = oddNamesIn(this.common).filter((name) => this.own[name] === undefined);
    return [
      ...odd.map((name): [string, string] => [name, this.common[name] ?? '']),
      ...entriesWhere(this.own, isOddName),
    ];
  }
}

const isOddName = (name: string): boolean => !isShellName(name);
const entriesWhere = (variables: Variables, isMeant: (name: string) => boolean): [string, string][] =>
  Object.entries(variables).filter(([name]) => isMeant(name));

const oddNames = new WeakMap<Variables, readonly string[]>();
function oddNamesIn(common: Variables): readonly string[] {
  let names = oddNames.get(common);
  if (names === undefined) oddNames.set(common, (names = Object.keys(common).filter(isOddName)));
  return names;
}

/** From the first to the last; a later one wins over an earlier. */
export interface EnvironmentLayers {
  readonly launcher: Readonly<Record<string, string | undefined>>;
  /** Which of the launcher's are handed on, as globs; null = all. */
  readonly inherit: ProcessSpec['envInherit'];
  /** HOME, USER, LOGNAME and SHELL of the user it runs as, where that is another one. */
  readonly identity: Variables;
  readonly files: Variables;
  readonly own: Variables;
  readonly about: AboutItself;
}

/** What a child is told about itself. */
export interface AboutItself {
  readonly worker: string;
  readonly process: string;
  /** The manager's; null = there is none. */
  readonly url: string | null;
  /** Which try of a job it is; null = it is none. */
  readonly attempt?: AttemptId | null;
}

/**
 * What it is told about itself comes last and cannot be changed (seed 002 names `WORKER_ID`, `PROCGuard_WORKER_ID`,
 * `PROCGuard_URL`, `WORKER_START_TIME`). The shim adds what is known only when the run is born.
 */
export function childEnvironment(layers: EnvironmentLayers): Environment {
  const { launcher, inherit, identity, files, own, about } = layers;
  const handedOn = inherit === null ? handedOnWhole(launcher) : inherited(launcher, [...ALWAYS_INHERITED, ...inherit]);
  return new Environment(handedOn, { ...identity, ...files, ...own, ...aboutItself(about) });
}

/**
 * Of a container: the launcher's machine is another one than the image's, so nothing of it is handed on but what is named.
 * Without the cookie, by which a container's processes would be taken for members of the run's tree and be moved out of
 * their own cgroup, and its limits.
 */
export const containerEnvironment = ({
  launcher,
  inherit,
  files,
  own,
  about,
}: Omit<EnvironmentLayers, 'identity'>): Record<string, string> => ({
  ...inherited(launcher, inherit ?? []),
  ...files,
  ...own,
  ...aboutItself(about),
});

/** What all children of a launcher have alike, if nothing is said of them. */
export const commonEnvironment = (
  launcher: EnvironmentLayers['launcher'],
  about: Pick<AboutItself, 'worker' | 'url'>,
): Environment => new Environment(handedOnWhole(launcher), aboutLauncher(about));

/** Most births hand on all of it, and a launcher's environment is one object as long as it lives. */
const whole = new WeakMap<EnvironmentLayers['launcher'], Variables>();
function handedOnWhole(launcher: EnvironmentLayers['launcher']): Variables {
  let env = whole.get(launcher);
  if (env === undefined) whole.set(launcher, (env = inherited(launcher, null)));
  return env;
}

/** @param globs null = all */
function inherited(launcher: EnvironmentLayers['launcher'], globs: readonly string[] | null): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(launcher))
    if (value !== undefined && !KEPT_BACK.has(name) && (globs?.some((glob) => globMatches(glob, name)) ?? true))
      env[name] = value;
  return env;
}

const aboutItself = ({ process, attempt, ...about }: AboutItself): Variables => ({
  ...aboutLauncher(about),
  PROCGUARD_PROCESS: process,
  ...(attempt == null ? {} : ofAttempt(attempt, about.worker)),
});

const aboutLauncher = ({ worker, url }: Pick<AboutItself, 'worker' | 'url'>): Variables => ({
  WORKER_ID: worker,
  PROCGUARD_WORKER_ID: worker,
  PROCGuard_WORKER_ID: worker,
  ...(url === null ? {} : { PROCGUARD_URL: url, PROCGuard_URL: url }),
});

/** The attempt is the fencing token: no other try of any job has it, and of one job a later one has the higher number at its end. */
const ofAttempt = (attempt: AttemptId, worker: string): Variables => ({
  PROCGUARD_JOB_ID: jobOfAttempt(attempt),
  PROCGUARD_ATTEMPT: attempt,
  PROCGUARD_WORKER: worker,
});

/** True where a shell can hold a variable of this name; one that it cannot hold it would not hand on either. */
export const isShellName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** The variables that a shell can hold. */
export const plainlyNamed = (env: Variables): [string, string][] => entriesWhere(env, isShellName);
