/**
 * What a command is for. A selector is a list of words of two kinds:
 *
 * - Names: a process's id (`w1`), its own name (`api`), its key (`w1/api`), a glob of the last two (`api-*`, `w1/*`),
 *   or `all` / `*` for everyone. One of them must hold. A word without `/` never looks at the worker, so that `web*`
 *   does not reach the process `db` on a worker called `web-host`; `*` does not cross the `/` of a key.
 * - Narrowings: `node=<glob>` by worker, `state=<state>`, and `<label>=<glob>` by the worker's labels; `!=` is the
 *   opposite and also holds for a worker without that label. All of them must hold.
 *
 * Without a name every process is narrowed. `=` is in no name (ids.ts), so the kinds cannot be confused.
 */
import { nearest, Refusal } from './errors';
import { globMatches, isGlob } from './glob';
import type { ShownProcessState } from './views';

/** The part of a process that selectors look at. `labels` are its worker's. */
export interface Selectable {
  readonly key: string;
  readonly id: string;
  readonly worker: string;
  readonly process: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: ShownProcessState;
}
type Test = (target: Selectable) => boolean;

/** Held to the type, and not the schema itself: the command line must start without loading zod. */
const STATES = Object.keys({
  stopped: 0,
  waiting: 0,
  starting: 0,
  running: 0,
  stopping: 0,
  backoff: 0,
  exited: 0,
  failed: 0,
  unknown: 0,
} satisfies Record<ShownProcessState, 0>);

const EVERYONE = new Set(['all', '*']);
const NARROWING = /^([^=!]+)(!?=)(.*)$/s;

/** True when the words hold for the target. For many targets compile once. */
export const matches = (words: readonly string[], target: Selectable): boolean => compileSelector(words)(target);

/**
 * The words as one test, cheap for thousands of words and targets: plain names are looked up, only globs are tried.
 * @throws Refusal bad_request for a state that does not exist
 */
export function compileSelector(words: readonly string[]): Test {
  const narrowings = words.flatMap((word) => narrowing(word) ?? []);
  const names = words.filter((word) => !NARROWING.test(word));
  if (names.length === 0 || names.some((name) => EVERYONE.has(name)))
    return (target) => narrowings.every((t) => t(target));
  const exact = new Set(names);
  const globs = names.filter(isGlob).map(nameGlob);
  return (target) =>
    (namesOf(target).some((name) => exact.has(name)) || globs.some((t) => t(target))) &&
    narrowings.every((t) => t(target));
}

/**
 * The targets that the words choose, in their given order, and the names that stand for nobody: a caller that was
 * asked for `api` and found none says so rather than doing nothing. A name that exists and is only narrowed away is
 * not among them.
 */
export function select<T extends Selectable>(
  words: readonly string[],
  targets: readonly T[],
): { readonly chosen: T[]; readonly unknown: string[] } {
  const known = new Set(targets.flatMap(namesOf));
  const unknown = words.filter((word) => {
    if (NARROWING.test(word) || EVERYONE.has(word) || known.has(word)) return false;
    return !isGlob(word) || !targets.some(nameGlob(word));
  });
  return { chosen: targets.filter(compileSelector(words)), unknown };
}

const namesOf = ({ id, process, key }: Selectable): string[] => [id, process, key];

function nameGlob(word: string): Test {
  const slash = word.indexOf('/');
  if (slash < 0) return (target) => globMatches(word, target.process);
  const [worker, process] = [word.slice(0, slash), word.slice(slash + 1)];
  return (target) => globMatches(worker, target.worker) && globMatches(process, target.process);
}

function narrowing(word: string): Test | null {
  const parts = NARROWING.exec(word);
  if (!parts) return null;
  const [, field = '', sign, value = ''] = parts;
  const wanted = sign === '=';
  if (field === 'node') return (target) => globMatches(value, target.worker) === wanted;
  if (field === 'state') {
    if (!STATES.includes(value)) throw unknownState(word, value);
    return (target) => (target.state === value) === wanted;
  }
  return (target) => {
    const label = Object.hasOwn(target.labels, field) ? target.labels[field] : undefined;
    return (label !== undefined && globMatches(value, label)) === wanted;
  };
}

function unknownState(word: string, value: string): Refusal {
  const [guess] = nearest(value, STATES);
  return new Refusal(
    'bad_request',
    `The selector ${word} names no state of a process; ${guess ? `did you mean state=${guess}? The` : 'the'} states are ${STATES.join(', ')}`,
    { known: STATES },
  );
}
