/**
 * A named job (configs/jobs/<name>.yaml): the words of a job (job-document.ts), with parameters in it as `{epochs}`, and
 * what a worker of SimpleTuner is given as its config. Whoever submits it may lay further words over it.
 */
import { z } from 'zod';
import { JobDocument, jobSpecOf } from './job-document';
import { JobId, type JobSpec } from './jobs';
import { LIMITS } from './limits';

export const TemplateName = z
  .string()
  .max(LIMITS.nameCharsMax)
  .regex(/^\w[\w.-]*$/, 'a template’s name may hold letters, digits and _ . - and begins with none of the last two');

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
export const Parameters = z.record(z.string().regex(/^\w+$/), Scalar);
export type Parameters = z.infer<typeof Parameters>;

export const JobTemplate = z.looseObject({
  description: z.string().optional(),
  /** With their defaults; null = it has none, and must be given. */
  parameters: z.record(z.string().regex(/^\w+$/), Scalar.nullable()).default({}),
  /** For workers that take a config in place of a command. */
  config: z.record(z.string(), z.unknown()).default({}),
});
export type JobTemplate = z.infer<typeof JobTemplate>;

export interface Overrides {
  readonly parameters?: Parameters | undefined;
  /** Words of a job; maps are laid over the template's, everything else takes its place. */
  readonly words?: Readonly<Record<string, unknown>>;
}
export interface Instance {
  readonly spec: JobSpec;
  readonly config: Readonly<Record<string, unknown>>;
  /** Words of the job that somebody wrote, here or there. */
  readonly said: ReadonlySet<string>;
}

/** @returns a sentence where a parameter is unknown or missing @throws ZodError of JobDocument */
export function fromTemplate(template: JobTemplate, overrides: Overrides, nowMs: number): Instance | string {
  const { description: _, parameters: known, config, ...words } = template;
  const given = overrides.parameters ?? {};
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0)
    return `it has no parameter ${unknown.join(', ')}; it has ${Object.keys(known).join(', ') || 'none'}`;
  const values = { ...known, ...given };
  const missing = Object.keys(values).filter((name) => values[name] === null);
  if (missing.length > 0) return `the parameter ${missing.join(', ')} has no default and must be given`;
  const laid = laidOver(words, overrides.words ?? {});
  const isShell = typeof laid['command'] === 'string' && laid['args'] === undefined;
  const filled = Object.fromEntries(
    Object.entries(laid).map(([word, value]) => [word, withValues(value, values, isShell && word === 'command')]),
  );
  const spec = jobSpecOf(JobDocument.parse(filled), nowMs);
  const own = withValues(config, values, false) as Instance['config'];
  return { spec: withDevices(spec, own), config: own, said: new Set(Object.keys(laid)) };
}

/** Maps (`env`, `needs`) are laid over each other, key by key. */
function laidOver(under: Readonly<Record<string, unknown>>, over: Readonly<Record<string, unknown>>) {
  const laid: Record<string, unknown> = { ...under };
  for (const [word, value] of Object.entries(over))
    laid[word] = isMap(value) && isMap(laid[word]) ? laidOver(laid[word], value) : value;
  return laid;
}
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Values = Readonly<Record<string, string | number | boolean | null>>;

/** A text that is nothing but one parameter becomes its value; in a shell's line it is quoted where it must be. */
function withValues(value: unknown, values: Values, isShell: boolean): unknown {
  if (typeof value === 'string') {
    const whole = /^\{(\w+)\}$/.exec(value)?.[1];
    if (!isShell && whole !== undefined && Object.hasOwn(values, whole)) return values[whole];
    return value.replaceAll(/\{(\w+)\}/g, (place, name: string) =>
      Object.hasOwn(values, name) ? (isShell ? quoted(String(values[name])) : String(values[name])) : place,
    );
  }
  if (Array.isArray(value)) return value.map((one) => asText(withValues(one, values, isShell), one));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withValues(one, values, isShell)]));
}

/** An argument stays text. */
const asText = (value: unknown, was: unknown): unknown => (typeof was === 'string' ? String(value) : value);
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** Source: seed 004, "GPU 匹配": as many devices as the config has processes. */
function withDevices(spec: JobSpec, config: Instance['config']): JobSpec {
  const processes = Number(config['--num_processes'] ?? config['num_processes']);
  if (spec.needs.gpus.count > 0 || !Number.isInteger(processes) || processes < 1 || processes > 64) return spec;
  return { ...spec, needs: { ...spec.needs, gpus: { ...spec.needs.gpus, count: processes } } };
}

/** POST /api/jobs of a template. */
export const TemplateSubmission = z.looseObject({
  template: TemplateName,
  parameters: Parameters.optional(),
  id: JobId.optional(),
  hold: z.boolean().default(false),
  key: z.string().min(1).max(LIMITS.nameCharsMax).optional(),
});
