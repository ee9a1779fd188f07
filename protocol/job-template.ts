/**
 * A named job (configs/jobs/<name>.yaml): the words of a job (job-document.ts), with parameters in it as `{epochs}`, and
 * what a worker of SimpleTuner is given as its config. Whoever submits it may lay further words over it.
 */
import { z } from 'zod';
import { JobDocument, jobWords, type JobWords } from './job-document';
import { LIMITS } from './limits';
import { betweenQuotes, PLACE, quoted, quotedWord } from './shell-line';

export const TemplateName = z
  .string()
  .max(LIMITS.nameCharsMax)
  .regex(/^\w[\w.-]*$/, 'a template’s name may hold letters, digits and _ . - and begins with none of the last two');

const ParameterName = z.string().regex(/^\w+$/, 'a parameter’s name may hold letters, digits and _');
const Scalar = z.union([z.string(), z.number(), z.boolean()]);
export const Parameters = z.record(ParameterName, Scalar);
export type Parameters = z.infer<typeof Parameters>;
/** With their defaults; null = it has none, and must be given. */
export const ParameterDefaults = z.record(ParameterName, Scalar.nullable());
export type ParameterDefaults = z.infer<typeof ParameterDefaults>;

type Word = keyof typeof jobWords;
const words = Object.fromEntries(Object.keys(jobWords).map((word) => [word, z.unknown().optional()])) as Record<
  Word,
  z.ZodOptional<z.ZodUnknown>
>;
/** The words of the job are known by their names alone: what they hold is read when their parameters are filled in. */
export const JobTemplate = z.strictObject({
  ...words,
  description: z.string().optional(),
  parameters: ParameterDefaults.default({}),
  /** For workers that take a config in place of a command. */
  config: z.record(z.string(), z.unknown()).default({}),
});
export type JobTemplate = z.infer<typeof JobTemplate>;

export interface Overrides {
  readonly parameters?: Parameters | undefined;
  /**
   * Words of a job. Maps are laid over the template's, `args` come behind what it has, everything else takes its place.
   * A number for `gpus` or `retries` is their count.
   */
  readonly words?: Readonly<Record<string, unknown>>;
}
export interface Instance {
  readonly job: JobWords;
  readonly config: Readonly<Record<string, unknown>>;
  /** Words of the job that somebody wrote, here or there. */
  readonly said: ReadonlySet<string>;
}

/** @returns a sentence where a parameter is unknown or missing @throws ZodError of JobDocument */
export function fromTemplate(template: JobTemplate, overrides: Overrides): Instance | string {
  const { description: _, parameters: known, config, ...words } = template;
  const { parameters: given = {} } = overrides;
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0)
    return `it has no parameter ${unknown.join(', ')}; it has ${Object.keys(known).join(', ') || 'none'}`;
  const values = { ...known };
  for (const [name, value] of Object.entries(given)) values[name] = asDefaultIs(known[name] ?? null, value);
  const missing = Object.keys(values).filter((name) => values[name] === null);
  if (missing.length > 0) return `the parameter ${missing.join(', ')} has no default and must be given`;
  const laid = withArgs(laidOver(words, overrides.words ?? {}), words, overrides.words ?? {}, values);
  if (typeof laid === 'string') return laid;
  const isShell = typeof laid['command'] === 'string' && laid['args'] === undefined;
  const unsafe = isShell ? betweenQuotes(String(laid['command']), values) : null;
  if (unsafe !== null) return unsafe;
  const filled = Object.fromEntries(
    Object.entries(laid).map(([word, value]) => [word, withValues(value, values, isShell && word === 'command')]),
  );
  const own = withValues(config, values, false) as Instance['config'];
  return { job: JobDocument.parse(withDevices(filled, own)), config: own, said: new Set(Object.keys(laid)) };
}

type Words = Readonly<Record<string, unknown>>;

/** Given on a command line everything is text, or looks like a number: the default says which it is meant to be. */
function asDefaultIs(usual: Parameters[string] | null, given: Parameters[string]): Parameters[string] {
  if (typeof usual === 'string') return String(given);
  if (typeof usual === 'number' && typeof given === 'string' && given.trim() !== '' && Number.isFinite(Number(given)))
    return Number(given);
  return given;
}

/** Words that may be said in short, and what the number then is. */
const SHORT = new Map([
  ['gpus', 'count'],
  ['retries', 'max'],
]);

/** Maps (`env`, `needs`) are laid over each other, key by key. */
function laidOver(under: Words, over: Words): Record<string, unknown> {
  const laid: Record<string, unknown> = { ...under };
  for (const [word, value] of Object.entries(over)) {
    const [below, above] = [inFull(word, laid[word]), inFull(word, value)];
    laid[word] = isMap(below) && isMap(above) ? laidOver(below, above) : value;
  }
  return laid;
}
function inFull(word: string, value: unknown): unknown {
  const short = SHORT.get(word);
  return short !== undefined && typeof value === 'number' ? { [short]: value } : value;
}
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Further arguments come behind the template's own; behind a line for the shell quoted, each as one word. */
function withArgs(laid: Words, under: Words, over: Words, values: Values): Words | string {
  const more = over['args'];
  if (!Array.isArray(more) || over['command'] !== undefined) return laid;
  const { args, ...rest } = laid;
  if (more.length === 0) return under['args'] === undefined ? rest : { ...rest, args: under['args'] };
  if (Array.isArray(under['args'])) return { ...rest, args: [...(under['args'] as unknown[]), ...more] };
  const command = under['command'];
  if (typeof command !== 'string') return { ...rest, args };
  if (command.trimEnd().includes('\n'))
    return 'its command is a script of several lines, behind which no further words can stand; give it parameters';
  return { ...rest, command: [command.trimEnd(), ...more.map((word) => quotedWord(String(word), values))].join(' ') };
}

type Values = Readonly<Record<string, string | number | boolean | null>>;

/** A text that is nothing but one parameter becomes its value; in a shell's line it is quoted where it must be. */
function withValues(value: unknown, values: Values, isShell: boolean): unknown {
  if (typeof value === 'string') {
    const whole = /^\{(\w+)\}$/.exec(value)?.[1];
    if (!isShell && whole !== undefined && Object.hasOwn(values, whole)) return values[whole];
    return value.replaceAll(PLACE, (place, name: string) =>
      Object.hasOwn(values, name) ? (isShell ? quoted(String(values[name])) : String(values[name])) : place,
    );
  }
  if (Array.isArray(value)) return value.map((one) => asText(withValues(one, values, isShell), one));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withValues(one, values, isShell)]));
}

/** An argument stays text. */
const asText = (value: unknown, was: unknown): unknown => (typeof was === 'string' ? String(value) : value);

/** Source: seed 004, "GPU 匹配": as many devices as the config has processes, where the words do not say how many. */
function withDevices(words: Words, config: Instance['config']): Words {
  const processes = Number(config['--num_processes'] ?? config['num_processes']);
  if (!Number.isInteger(processes) || processes < 1 || processes > 64) return words;
  const needs = words['needs'] ?? {};
  if (!isMap(needs)) return words;
  const gpus = inFull('gpus', needs['gpus'] ?? 0);
  if (!isMap(gpus) || gpus['count'] !== 0) return words;
  return { ...words, needs: { ...needs, gpus: { ...gpus, count: processes } } };
}
