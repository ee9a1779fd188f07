/** What is wrong with a configuration, each in one sentence that names the place, the key and what is allowed there. */
import type { z } from 'zod';
import { nearest } from '../../protocol/errors';
import { keyText, knownKeys } from './key-table';
import { sourceText, type Source } from './source';
import type { KeyPath } from '../../protocol/yaml-source';

export interface Problem {
  /** The file; null = a flag or an environment variable. */
  readonly file: string | null;
  /** 1-based; null without a file. */
  readonly line: number | null;
  /** `web.port`; null = the file as a whole. */
  readonly key: string | null;
  /** The whole sentence, place first. */
  readonly message: string;
}

/** A configuration that cannot be used, with everything that is wrong with it. The fields are those of the first. */
export class ConfigError extends Error {
  readonly file: string | null;
  readonly line: number | null;
  readonly key: string | null;
  constructor(readonly problems: readonly [Problem, ...Problem[]]) {
    super(problems.map(({ message }) => message).join('\n'));
    this.name = 'ConfigError';
    ({ file: this.file, line: this.line, key: this.key } = problems[0]);
  }
}

export function problem(source: Source, key: string | null, sentence: string): Problem {
  const { file, line } = source.kind === 'file' ? source : { file: null, line: null };
  return { file, line, key, message: `${sourceText(source)}: ${sentence}` };
}

/**
 * @param input what was checked, to say what stood there
 * @param sourceOf where a key, known or not, was given
 */
export function problemsOf(error: z.ZodError, input: unknown, sourceOf: (path: KeyPath) => Source): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path as KeyPath;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => {
        const whole = [...path, key];
        return problem(sourceOf(whole), keyText(whole), unknownKey(whole, key, knownKeys(path) ?? []));
      });
    const key = keyText(path);
    return [problem(sourceOf(path), key, `${key || 'the file'} ${wrongValue(issue.message, at(input, path))}`)];
  });
}

function unknownKey(path: KeyPath, key: string, known: readonly string[]): string {
  const [near] = nearest(key, known);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `${keyText(path)} is not a known key${hint} (known: ${known.join(', ')})`;
}

/** `must be X; because Y` becomes `must be X, not Z; because Y`. What does not say what must be, says everything itself. */
function wrongValue(message: string, value: unknown): string {
  if (!message.startsWith('must be')) return message;
  const [must = '', ...because] = message.split('; ');
  const sentence = value === undefined ? `is missing; it ${must}` : `${must}, not ${shown(value)}`;
  return [sentence, ...because].join('; ');
}

const SHOWN_CHARS_MAX = 60;
function shown(value: unknown): string {
  if (value === null) return 'empty';
  const json = typeof value === 'number' ? String(value) : JSON.stringify(value);
  const kind = Array.isArray(value) ? 'the list ' : typeof value === 'object' ? 'the mapping ' : '';
  return `${kind}${json.length > SHOWN_CHARS_MAX ? `${json.slice(0, SHOWN_CHARS_MAX)}...` : json}`;
}

const at = (input: unknown, path: KeyPath): unknown =>
  path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    input,
  );
