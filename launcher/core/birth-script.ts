/**
 * What a child does between its fork and its program, when it is born with limits, as another user, or with a stdin: lines
 * of POSIX sh that the shim reads from its order and runs in the child.
 *
 * They come through the pipe and never stand in a file, because the environment is among them. The order of the steps
 * matters: the cgroup before anything that takes memory or forks; what takes the launcher's rights before they are given
 * up; the environment after, so that an LD_PRELOAD of the user's own file is never loaded by a program that runs as root.
 * The birth is told last of all: what goes wrong before it is a birth that did not happen, told as `refused` (nothing
 * changes it by itself) or `hindered` (it may pass).
 *
 * Only builtins are used: a tree that may have one process must not need a second to begin.
 */
import type { RunId } from '../../protocol/ids';
import {
  COOKIE_VARIABLE,
  DIRECTORY_VARIABLE,
  type Environment,
  isShellName,
  plainlyNamed,
  START_TIME_VARIABLE,
} from './child-environment';

/** A birth as somebody else: the program becomes that user before it sees its directory, its program or its environment. */
export interface OtherIdentity {
  /** The words before a program that make it run so: `setpriv --reuid=...`. */
  readonly words: readonly string[];
  /** For sentences: `user nobody`. */
  readonly who: string;
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface BirthSteps {
  /** The `cgroup.procs` files of the cgroups it is born in. */
  readonly joins: readonly string[];
  readonly addressSpaceBytes: number | null;
  readonly userProcesses: number | null;
  readonly openFiles: number | null;
  readonly oomScore: number | null;
  readonly umask: number | null;
  /** The directory, without links, that a rule holds it to: it is not born elsewhere. Null = wherever it is. */
  readonly standsIn: string | null;
  /** The directory that was made for this run alone, and its working directory; null = it has none. */
  readonly privateDir: string | null;
  /** Told to a program of ours that leaves its trace there; null = no program of ours. */
  readonly runDirectory: string | null;
  /** Opened as its stdin; null = /dev/null. */
  readonly stdin: string | null;
  /** The words before a program that change its niceness; empty = they stay. */
  readonly nice: readonly string[];
  readonly identity: OtherIdentity | null;
}

/** True where the plain way of a birth will do: a fork and the program. */
export const isPlain = ({ joins, nice, ...others }: BirthSteps): boolean =>
  joins.length === 0 && nice.length === 0 && Object.values(others).every((step) => step === null);

/** The lines that follow the order: part one is run by the shim's child; part two is the environment of another user. */
export function birthScript(steps: BirthSteps): string {
  const { identity } = steps;
  if (identity === null)
    return part([...preparation(steps), ...entering(steps), ...standing(steps), ...becomeProgram(steps)]);
  const environment = plainlyNamed(identity.env).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return part([...preparation(steps), becomeOther(steps, identity)]) + part(environment);
}

/** What a shim that serves one run after another was not started with, and the child of this one is to have. */
export interface Given {
  readonly words: readonly string[];
  readonly workingDir: string;
  /** The one that keeps its tree together, where that is not its shim's; null = it is. */
  readonly cgroup: string | null;
  /** All variables of the child, and those that the shim has. */
  readonly env: Environment;
  readonly envOfShim: Environment;
}

/** As `birthScript` of one who stays the same user, for the child of a shim that serves. */
export const servedScript = (steps: BirthSteps, given: Given): string => part(servedLines(steps, given));

const servedLines = (steps: BirthSteps, given: Given): string[] => [
  ...arrival(given),
  ...preparation(steps),
  ...entering(steps),
  ...standing(steps),
  ...line(steps.userProcesses, limitUser),
  `become ${[...steps.nice, ...given.words].map(quoted).join(' ')}`,
];

/** The same as a file, which a shell reads in one piece: what follows its last line is of an older one. */
export const sprintScript = (run: RunId, bornAt: string, steps: BirthSteps, given: Given): string =>
  [
    `${COOKIE_VARIABLE}=${run} ${START_TIME_VARIABLE}=${bornAt} __pg_part=steps`,
    `export ${COOKIE_VARIABLE} ${START_TIME_VARIABLE}`,
    'steps() {',
    ...servedLines(steps, given),
    '}',
    'return 0',
    '',
  ].join('\n');

function arrival({ workingDir, cgroup, env, envOfShim }: Given): string[] {
  // The shim's word on these two counts.
  const isOurs = (name: string): boolean => name === COOKIE_VARIABLE || name === START_TIME_VARIABLE;
  const changed = env.unlike(envOfShim).filter(([name]) => !isOurs(name) && isShellName(name));
  // Where it stands, a shell tells every child.
  const dropped = env.lacking(envOfShim).filter((name) => name !== 'PWD' && name !== 'OLDPWD' && isShellName(name));
  return [
    // Its birth record says where it is to be found.
    ...line(cgroup, (path) => `__pg_cgroup=${quoted(path)}`),
    `enter ${quoted(workingDir)}`,
    ...line(env.get('OLDPWD') ?? null, (directory) => `export OLDPWD=${quoted(directory)}`),
    ...(changed.length === 0 ? [] : [`export ${changed.map(([name, value]) => `${name}=${quoted(value)}`).join(' ')}`]),
    ...(dropped.length === 0 ? [] : [`unset ${dropped.join(' ')}`]),
  ];
}

/** True where a shell that runs already takes all these as they are: some it has a mind of its own about, some it keeps. */
export const canBeGiven = ({ env, envOfShim }: Pick<Given, 'env' | 'envOfShim'>): boolean =>
  env.unlike(envOfShim).every(([name]) => !(OF_SHELLS.test(name) || KEPT.test(name))) &&
  env.lacking(envOfShim).every((name) => !KEPT.test(name));

const OF_SHELLS =
  /^(?:_|IFS|ENV|PWD|OLDPWD|GROUPS|LINENO|OPT(?:IND|ARG|ERR)|PS\d|RANDOM|SECONDS|SHLVL|DIRSTACK|FUNCNAME|HISTCMD|PIPESTATUS|POSIXLY_CORRECT)$/;
const KEPT = /^(?:E?UID|PPID|SHELLOPTS|BASH.*)$/;

/** Ends each part, so that one that was cut short is not run by half. No line of a part is it: `quoted` breaks no lines. */
const END = '#end';
const part = (lines: readonly string[]): string => [...lines, END, ''].join('\n');

function preparation({
  joins,
  oomScore,
  openFiles,
  addressSpaceBytes,
  umask,
  stdin,
  runDirectory,
}: BirthSteps): string[] {
  return [
    // "0" is whoever writes it.
    ...joins.map((file) => `echo 0 >${quoted(file)} || hindered ${quoted(`it could not join its cgroup by ${file}`)}`),
    ...line(oomScore, (score) => `echo ${score} >/proc/self/oom_score_adj || refused 'limits.oom_score was refused'`),
    ...line(openFiles, (files) => `ulimit -n ${files} || refused 'limits.open_files was refused'`),
    ...line(
      addressSpaceBytes,
      (bytes) => `ulimit -v ${Math.ceil(bytes / 1024)} || refused 'limits.memory was refused'`,
    ),
    ...line(umask, (mask) => `umask ${mask.toString(8)}`),
    ...line(stdin, openStdin),
    ...line(runDirectory, (directory) => `export ${DIRECTORY_VARIABLE}=${quoted(directory)}`),
  ];
}

const line = <T>(step: T | null, written: (step: T) => string): string[] => (step === null ? [] : [written(step)]);

/** A FIFO is opened for writing too: its child begins before somebody writes, and goes on when somebody stops. */
function openStdin(path: string): string {
  const file = quoted(path);
  const sentence = quoted(`its stdin ${path} cannot be read; create it, or correct stdin`);
  return `if [ -p ${file} ]; then command exec 0<>${file}; else [ ! -d ${file} ] && command exec 0<${file}; fi || refused ${sentence}`;
}

const entering = ({ privateDir }: BirthSteps): string[] =>
  line(
    privateDir,
    (directory) => `cd ${quoted(directory)} || hindered ${quoted(`its private directory ${directory} is not there`)}`,
  );

/** Between the look at a directory and the step into it, a link may have taken the place of a part of its path. */
const standing = ({ standsIn }: BirthSteps): string[] =>
  line(standsIn, (directory) => {
    const elsewhere = `the working directory ${directory} became another one while it was being born`;
    return `cd -P . && [ "$PWD" = ${quoted(directory)} ] || refused ${quoted(elsewhere)}`;
  });

const becomeProgram = ({ userProcesses, nice }: BirthSteps): string[] => [
  ...line(userProcesses, limitUser),
  'born',
  `exec ${nice.map((word) => `${quoted(word)} `).join('')}"$@" ${TO_PROGRAM}`,
];

function becomeOther(steps: BirthSteps, { words, who, ...identity }: OtherIdentity): string {
  const { nice, userProcesses } = steps;
  const workingDir = steps.privateDir ?? identity.workingDir;
  const noDirectory = `the working directory ${workingDir} does not exist, or ${who} may not enter it; create it, or correct working_dir`;
  const noProgram = ` that ${who} may run; check the command, or give its full path`;
  const asOther = [
    'exec 2>/dev/null',
    TELLING,
    `read_part || hindered 'its launcher was ended before it had told the environment'`,
    `cd ${quoted(workingDir)} || refused ${quoted(noDirectory)}`,
    ...standing(steps),
    'eval "$__pg_part"',
    `command -v "$1" || refused "there is no program $1"${quoted(noProgram)}`,
    ...line(userProcesses, limitUser),
    'born',
    `exec "$@" ${TO_PROGRAM}`,
  ].join('\n');
  const chain = [...nice, ...words, '/bin/sh', '-c', asOther, 'procguard-birth'].map(quoted).join(' ');
  // What these programs say of their own trouble is found in the run's output.
  return `export __pg_boot __pg_cgroup\nexec ${chain} "$@" 2>&5`;
}

/** Bash calls it -u, dash -p. The limit counts all of the user's, so nothing is started after it but the program. */
const limitUser = (processes: number): string =>
  `ulimit -u ${processes} || ulimit -p ${processes} || refused 'limits.pids was refused'`;

/** The program has a stdin, the run's output as stdout and stderr, and nothing of ours. */
export const TO_PROGRAM = '3>&- 6>&- 7<&- 8>&- >&4 2>&5 4>&- 5>&-';

/**
 * Functions of the shim, and of what it becomes. Open are 3 = lifeline, 4 and 5 = output and errors, 6 = the birth record,
 * 7 = the rest of the order, 8 = a serving shim's word to its launcher. Variables have names that no environment has: a shell hands on what it was handed.
 */
export const TELLING = `__pg_newline='
'
refused() { echo "refused $1" >&3; exit 125; }
hindered() { echo "hindered $1" >&3; exit 125; }
read_part() {
  __pg_part=
  while IFS= read -r __pg_line <&7; do
    [ "$__pg_line" = '${END}' ] && return
    __pg_part=$__pg_part$__pg_line$__pg_newline
  done
  return 1
}
enter() {
  cd "$1" || refused "the working directory $1 cannot be entered; create it, or correct working_dir"
  unset OLDPWD
}
become() {
  born
  exec "$@" ${TO_PROGRAM}
}
born() {
  read -r __pg_stat </proc/self/stat || __pg_stat="$(exec sh -c 'echo $PPID') (sh) R 0 $$ $$ 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0"
  echo "child $__pg_stat$__pg_newline$__pg_boot$__pg_newline$__pg_cgroup$__pg_newline$${COOKIE_VARIABLE}" >&6 &&
    [ "$__pg_word" = sprint ] || echo "child $__pg_stat" >&3
  unset __pg_part __pg_line __pg_word __pg_stat __pg_boot __pg_cgroup
}`;

/** One word of a shell, whatever is in it, and on one line. */
export const quoted = (word: string): string =>
  `'${word.replaceAll("'", `'\\''`).replaceAll('\n', `'"$__pg_newline"'`)}'`;
