/**
 * A process as the form holds it: text as typed, lists as rows. The way to the words of a document and back; what the
 * form has no field for is carried through untouched. Nothing is checked here: the manager's plan does, and its sentences
 * are shown at the fields.
 */
import type { ProcessWords } from '../link/definitions';
import { aliveRow, aliveWords, NO_PROBE, readyRow, readyWords, type AliveRow, type ReadyRow } from './probe-rows';

export interface Pair {
  readonly name: string;
  readonly value: string;
}
export interface StopStep {
  readonly signal: string;
  readonly grace: string;
}

/** Fields that are one text, by their key in a document; a dot leads into a mapping. */
export const TEXT_KEYS = [
  'name',
  'worker',
  'working_dir',
  'user',
  'group',
  'umask',
  'restart_policy',
  'max_restarts',
  'restart_delay',
  'restart_delay_max',
  'restart_window',
  'healthy_after',
  'stop.signal',
  'stop.grace',
  'limits.memory',
  'limits.cpu',
  'limits.pids',
  'limits.open_files',
  'limits.nice',
  'limits.oom_score',
  'output',
  'pid_file',
  'health_check_url',
  'worker_type',
] as const;
export type TextKey = (typeof TEXT_KEYS)[number];

export interface ProcessForm {
  readonly set: string;
  readonly texts: Readonly<Record<TextKey, string>>;
  readonly command: string;
  /** Without a shell: one argument a line. */
  readonly direct: boolean;
  /** Placed by labels and not by a worker's id. */
  readonly byLabels: boolean;
  readonly match: readonly Pair[];
  readonly env: readonly Pair[];
  readonly stopThen: readonly StopStep[];
  readonly ready: ReadyRow;
  readonly alive: readonly AliveRow[];
  /** Name: a process; value: the condition. */
  readonly dependsOn: readonly Pair[];
  readonly autoStart: boolean;
  /** Keys without a field. */
  readonly rest: ProcessWords;
}

const NO_TEXTS = Object.fromEntries(TEXT_KEYS.map((key) => [key, ''])) as Record<TextKey, string>;

export const EMPTY_FORM: ProcessForm = {
  set: '',
  texts: NO_TEXTS,
  command: '',
  direct: false,
  byLabels: false,
  match: [],
  env: [],
  stopThen: [],
  ready: NO_PROBE,
  alive: [],
  dependsOn: [],
  autoStart: true,
  rest: {},
};

const OWN_FIELDS = ['command', 'match', 'env', 'stop', 'limits', 'ready', 'alive', 'depends_on', 'auto_start'];
const HAS_FIELD = new Set<string>([...OWN_FIELDS, ...TEXT_KEYS]);

export function formOf(words: ProcessWords, set: string): ProcessForm {
  const { command, alive = [], stop } = words;
  return {
    set,
    texts: Object.fromEntries(TEXT_KEYS.map((key) => [key, textAt(words, key)])) as Record<TextKey, string>,
    command: Array.isArray(command) ? command.join('\n') : text(command),
    direct: Array.isArray(command),
    byLabels: words['match'] !== undefined,
    match: pairs(words['match']),
    env: pairs(words['env']),
    stopThen: list((stop as ProcessWords | undefined)?.['then']).map((step) => ({
      signal: text(step['signal']),
      grace: text(step['grace']),
    })),
    ready: readyRow(words['ready'] as ProcessWords | null | undefined),
    alive: list(alive).map(aliveRow),
    dependsOn: pairs(words['depends_on']),
    autoStart: words['auto_start'] !== false,
    rest: Object.fromEntries(Object.entries(words).filter(([key]) => !HAS_FIELD.has(key))),
  };
}

export function wordsOf(form: ProcessForm): ProcessWords {
  const { texts } = form;
  const placed = form.byLabels ? { match: mapping(form.match) } : { worker: texts.worker };
  return said({
    ...form.rest,
    ...nested(texts),
    worker: undefined,
    ...placed,
    command: form.direct ? form.command.split('\n').filter((word) => word !== '') : form.command,
    env: unlessEmpty(mapping(form.env)),
    stop: unlessEmpty(
      said({
        signal: orNothing(texts['stop.signal']),
        grace: orNothing(texts['stop.grace']),
        then: form.stopThen.length === 0 ? undefined : form.stopThen,
      }),
    ),
    ready: readyWords(form.ready),
    alive: form.alive.length === 0 ? undefined : form.alive.map(aliveWords),
    depends_on: unlessEmpty(mapping(form.dependsOn)),
    auto_start: form.autoStart ? undefined : false,
  });
}

const NUMBERS = new Set<string>(['max_restarts', 'cpu', 'pids', 'open_files', 'nice', 'oom_score']);

/** Keys with a dot become mappings; `stop` has more than texts and is made by itself. */
function nested(texts: Readonly<Record<TextKey, string>>): ProcessWords {
  const words: Record<string, unknown> = {};
  const limits: Record<string, unknown> = {};
  for (const key of TEXT_KEYS) {
    const value = texts[key].trim();
    const name = key.slice(key.indexOf('.') + 1);
    if (value === '' || key.startsWith('stop.')) continue;
    const into = key.startsWith('limits.') ? limits : words;
    // What is no number goes as it is: the manager says so at its field.
    into[name] = NUMBERS.has(name) && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  }
  return { ...words, limits: unlessEmpty(limits) };
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

function textAt(words: ProcessWords, key: TextKey): string {
  const [outer = '', inner] = key.split('.');
  const value = words[outer];
  return text(inner === undefined ? value : (value as ProcessWords | undefined)?.[inner]);
}

const list = (value: unknown): ProcessWords[] =>
  Array.isArray(value) ? (value as ProcessWords[]) : value === undefined ? [] : [value as ProcessWords];

const pairs = (value: unknown): Pair[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).map(([name, one]) => ({ name, value: String(one) }))
    : [];

const mapping = (rows: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(rows.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]));

const orNothing = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim());

const said = (words: ProcessWords): ProcessWords =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));

const unlessEmpty = <T extends object>(words: T): T | undefined =>
  Object.keys(words).length === 0 ? undefined : words;
