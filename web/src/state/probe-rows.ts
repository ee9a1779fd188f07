/** Probes as the form's rows, to the words of a document and back. */
import type { ProcessWords } from '../link/definitions';

export const READY_KINDS = ['none', 'http', 'tcp', 'exec', 'log'] as const;
export const ALIVE_KINDS = ['http', 'tcp', 'exec', 'log', 'silence', 'progress'] as const;
export type AliveKind = (typeof ALIVE_KINDS)[number];

export interface ReadyRow {
  readonly kind: (typeof READY_KINDS)[number];
  /** URL, port or host:port, command, expression. */
  readonly what: string;
  readonly interval: string;
  readonly timeout: string;
  /** `` = the usual, `never` = it may take for ever. */
  readonly within: string;
}
export interface AliveRow {
  readonly kind: AliveKind;
  /** As in ReadyRow; of silence: how long. */
  readonly what: string;
  /** Of silence. */
  readonly of: 'output' | 'cpu';
  /** Of progress. */
  readonly within: string;
  readonly interval: string;
  readonly timeout: string;
  readonly failures: string;
  readonly after: string;
  readonly action: 'restart' | 'warn';
}

export const NO_PROBE: ReadyRow = { kind: 'none', what: '', interval: '', timeout: '', within: '' };
export const NEW_ALIVE: AliveRow = {
  kind: 'http',
  what: '',
  of: 'output',
  within: '',
  interval: '',
  timeout: '',
  failures: '',
  after: '',
  action: 'restart',
};
export const FOR_EVER = 'never';

export function readyRow(words: ProcessWords | null | undefined): ReadyRow {
  if (words == null) return NO_PROBE;
  const kind = READY_KINDS.find((one) => one in words) ?? 'none';
  const { interval, timeout, within } = words;
  return {
    kind,
    what: commandText(words[kind]),
    interval: text(interval),
    timeout: text(timeout),
    within: within === null ? FOR_EVER : text(within),
  };
}

export function readyWords({ kind, what, interval, timeout, within }: ReadyRow): ProcessWords | undefined {
  if (kind === 'none') return undefined;
  return {
    [kind]: what,
    ...said({ interval, timeout }),
    ...(within === FOR_EVER ? { within: null } : said({ within })),
  };
}

export function aliveRow(words: ProcessWords): AliveRow {
  const kind = ALIVE_KINDS.find((one) => one in words) ?? NEW_ALIVE.kind;
  return {
    kind,
    what: commandText(words[kind]),
    of: words['of'] === 'cpu' ? 'cpu' : 'output',
    within: text(words['within']),
    interval: text(words['interval']),
    timeout: text(words['timeout']),
    failures: text(words['failures']),
    after: text(words['after']),
    action: words['action'] === 'warn' ? 'warn' : 'restart',
  };
}

export function aliveWords(row: AliveRow): ProcessWords {
  const { kind, what, of, within, interval, timeout, failures, after, action } = row;
  return {
    [kind]: what,
    ...(kind === 'silence' && { of }),
    ...(kind === 'progress' && said({ within })),
    ...said({ interval, timeout, after }),
    ...(failures.trim() !== '' && { failures: /^\d+$/.test(failures) ? Number(failures) : failures }),
    ...(action === 'warn' && { action }),
  };
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** A command without a shell is written as one with: words that need it in quotes. */
const commandText = (value: unknown): string => (Array.isArray(value) ? value.map(quoted).join(' ') : text(value));
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

const said = (texts: Readonly<Record<string, string>>): ProcessWords =>
  Object.fromEntries(Object.entries(texts).filter(([, value]) => value.trim() !== ''));
