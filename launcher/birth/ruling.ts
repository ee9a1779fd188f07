/**
 * The rules of the machine's owner, applied to what a definition would make the launcher run. Asked when something is
 * defined, and again at each birth: links, directories and files may be others by then.
 *
 * A program is compared by what would be executed, all links followed, and by its name, because one file may be many
 * programs (busybox). What is executed then is the path that the owner's list leads to, never the definition's own: so
 * neither a PATH nor a link that is changed in between leads elsewhere.
 */
import { lstatSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { isGlob } from '../../protocol/glob';
import type { ContainerSpec } from '../../protocol/container-spec';
import { commandText, type CommandLine, type ProcessSpec } from '../../protocol/process-spec';
import { commandsIn, refusal, type Refusal, type Rules } from '../core/rules';
import { refusedName } from '../core/rules-env';
import { baseName, isWithin, pathMatches } from '../core/rules-paths';
import { blockedBy } from '../core/rules-patterns';
import { simpleWords } from '../core/simple-words';
import { findGroup, findUser } from './accounts';
import { rulingOnContainer } from './container-ruling';
import { findInPath, wordsOf } from './program';
import { realPath } from './real-path';

/** What is to be judged. */
export interface Case {
  readonly spec: ProcessSpec;
  /** Where it would run; links need not be followed yet. */
  readonly workingDir: string;
  /** Names of variables that its env files hold now. */
  readonly fromFiles: readonly string[];
  /** The launcher's own PATH. */
  readonly path: string;
}

export type Ruling<T> =
  { readonly kind: 'allowed'; readonly value: T } | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface Allowed {
  readonly words: readonly string[];
  /** Without links where a rule is about it. */
  readonly workingDir: string;
  /** As it may be made; null = it is none. */
  readonly container: ContainerSpec | null;
}

export function rulingOn(rules: Rules, { spec, workingDir, fromFiles, path }: Case): Ruling<Allowed> {
  const places = refusedPlace(rules, spec, workingDir);
  const against =
    (spec.container === undefined ? refusedUser(rules, spec) : null) ??
    places ??
    refusedName(rules, 'env', Object.keys(spec.env)) ??
    refusedName(rules, 'env_file', fromFiles);
  if (against !== null) return refused(against);
  if (spec.container !== undefined) return insideOf(rules, spec, spec.container, workingDir);
  const here = { workingDir: (rules.workingDirs === null ? null : realPath(workingDir)) ?? workingDir, path };
  let own: readonly string[] = [];
  for (const { field, line } of commandsIn(spec)) {
    const ruling = wordsUnder(rules, field, line, here);
    if (ruling.kind === 'refused') return ruling;
    if (field === 'command') own = ruling.value;
  }
  return { kind: 'allowed', value: { words: own, workingDir: here.workingDir, container: null } };
}

/** Its program is one of its image: of what it is told to run only the patterns are asked. */
function insideOf(
  rules: Rules,
  { command }: ProcessSpec,
  container: ContainerSpec,
  workingDir: string,
): Ruling<Allowed> {
  const words = wordsOf(command);
  const blocked = blockedBy(rules, 'command', [commandText(command), words.join(' ')]);
  if (blocked !== null) return refused(blocked);
  const ruling = rulingOnContainer(rules, container);
  return ruling.kind === 'refused'
    ? ruling
    : { kind: 'allowed', value: { words, workingDir, container: ruling.value } };
}

/** The words that are executed for a command line. */
export function wordsUnder(
  rules: Rules,
  field: string,
  line: CommandLine,
  here: Pick<Case, 'workingDir' | 'path'>,
): Ruling<readonly string[]> {
  const split = typeof line === 'string' ? simpleWords(line) : ({ kind: 'words', words: line } as const);
  const words = split.kind === 'words' ? split.words : [];
  const [program = '', ...rest] = words;
  const asked = split.kind === 'words' ? programAsked(program, here) : null;
  const found = asked === null ? null : realPath(asked);
  const forms = [typeof line === 'string' ? line : line.join(' '), words.join(' ')];
  const blocked = blockedBy(rules, field, found === null ? forms : [...forms, [found, ...rest].join(' ')]);
  if (blocked !== null) return refused(blocked);
  if (rules.commands.length === 0) return { kind: 'allowed', value: wordsOf(line) };
  const not = (what: string, otherwise: string): Ruling<readonly string[]> =>
    refused(refusal(field, rules, 'allowed_commands', what, otherwise));
  if (split.kind === 'refused')
    return not(`${field} needs a shell (${split.why}), and none is started for it`, 'write it as a list of words');
  if (asked === null || found === null) return not(`there is no program ${program} here`, 'correct the command');
  const allowed = allowedPath(rules, asked, found, here.path);
  if (allowed !== null) return { kind: 'allowed', value: [allowed, ...rest] };
  const by = asked === found ? '' : ` (${asked})`;
  return not(`${field} would run ${found}${by}, which is not on the list under that name`, 'use a program that is');
}

function programAsked(program: string, { workingDir, path }: Pick<Case, 'workingDir' | 'path'>): string | null {
  if (program.includes('/')) return isAbsolute(program) ? program : `${workingDir}/${program}`;
  return program === '' ? null : findInPath(program, absoluteParts(path));
}

/** The path by which the list allows it; null = it does not. */
function allowedPath({ commands }: Rules, asked: string, found: string, path: string): string | null {
  for (const entry of commands) {
    const listed = isGlob(entry) ? byGlob(entry, asked, found) : byName(entry, asked, found, path);
    // `env` stands before some programs, and would take this path for a variable.
    if (listed !== null && !listed.includes('=')) return listed;
  }
  return null;
}

function byName(entry: string, asked: string, found: string, path: string): string | null {
  const listed = isAbsolute(entry) ? entry : findInPath(entry, absoluteParts(path));
  if (listed === null || baseName(listed) !== baseName(asked)) return null;
  return realPath(listed) === found ? listed : null;
}

/** A link counts by where it leads; one that itself lies within the glob keeps its name. */
function byGlob(glob: string, asked: string, found: string): string | null {
  if (!pathMatches(glob, found)) return null;
  const directory = realPath(dirname(asked));
  const named = directory === null ? found : join(directory, baseName(asked));
  return pathMatches(glob, named) ? named : found;
}

/** What a relative part leads to depends on who asks from where. */
const absoluteParts = (path: string): string => path.split(delimiter).filter(isAbsolute).join(delimiter);

/** Of all that a definition names on the disk, whatever it is for: launchers often run as root, and their children not. */
function refusedPlace(rules: Rules, spec: ProcessSpec, workingDir: string): Refusal | null {
  const { workingDirs } = rules;
  if (workingDirs === null) return null;
  const roots = workingDirs.map((directory) => realPath(directory) ?? directory);
  const isAllowed = (path: string | null): boolean => path !== null && roots.some((root) => isWithin(path, root));
  const not = (field: string, path: string): Refusal => {
    const real = realPath(path);
    const what = real === null ? `${path}, which is not there` : `${real}${real === path ? '' : ` (${path})`}`;
    const names = workingDirs.join(', ');
    return refusal(field, rules, 'allowed_working_dirs', `${field} is ${what}`, `use one in ${names}`);
  };
  // A private one is made empty for it, and a container's is one inside.
  const isOfMachine = spec.container === undefined && spec.workDir === undefined;
  if (isOfMachine && !isAllowed(realPath(workingDir))) return not('working_dir', workingDir);
  for (const written of spec.envFiles) {
    const path = resolve(workingDir, written.replace(/^-/, ''));
    const mayBeMissing = written.startsWith('-') && !isThere(path);
    if (!isAllowed(mayBeMissing ? realPath(dirname(path)) : realPath(path))) return not('env_file', path);
  }
  if (spec.stdin.kind === 'file') {
    const path = resolve(workingDir, spec.stdin.path);
    if (!isAllowed(realPath(path))) return not('stdin', path);
  }
  if (spec.pidFile !== null) {
    const path = resolve(workingDir, spec.pidFile);
    if (!isAllowed(isThere(path) ? realPath(path) : realPath(dirname(path)))) return not('pid_file', path);
  }
  return null;
}

/** By number: two names may be one user. With another group than its own, a user is somebody else too. */
function refusedUser(rules: Rules, { user, group }: ProcessSpec): Refusal | null {
  const { users } = rules;
  if (users === null) return null;
  const [who, uid] = user === null ? ["the launcher's own user", ownUid()] : [user, uidOf(user)];
  const not = (field: string, what: string): Refusal =>
    refusal(field, rules, 'allowed_users', what, `use one of ${users.join(', ')}`);
  if (uid === null || !users.some((listed) => uidOf(listed) === uid)) return not('user', `it would run as ${who}`);
  const gid = group === null ? null : findGroup(group);
  if (group === null || (gid !== null && gid === findUser(String(uid))?.gid)) return null;
  return not('group', `it would run as ${who} with group ${group}, which is not that user's own`);
}

const ownUid = (): number => process.getuid?.() ?? -1;
const uidOf = (user: string): number | null => findUser(user)?.uid ?? (/^\d+$/.test(user) ? Number(user) : null);

/** Also a link that leads nowhere: who writes there makes what it leads to. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path) !== undefined;
  } catch {
    return false;
  }
}

const refused = (refusal: Refusal): Extract<Ruling<never>, { kind: 'refused' }> => ({ kind: 'refused', refusal });
