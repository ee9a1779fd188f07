/**
 * A new job as the form holds it: text as typed. The way to the body of POST /api/jobs and back; what the form has no field for
 * is carried through untouched. What it cannot put into words is said here; everything else the manager says.
 */
import type { JobBody } from '../../../protocol/jobs-http';
import { labelsText, readLabels } from './labels';
import type { Pair } from './process-form';
import { readSweep } from './job-sweep-text';

export const JOB_TEXT_KEYS = [
  ...(['name', 'command', 'working_dir', 'queue', 'priority', 'labels', 'progress'] as const),
  ...(['gpus', 'gpu_type', 'gpu_memory', 'cpus', 'memory', 'nodes', 'worker', 'worker_labels'] as const),
  ...(['retries', 'run_timeout', 'after', 'not_before', 'array', 'sweep'] as const),
] as const;
export type JobTextKey = (typeof JOB_TEXT_KEYS)[number];
type Said = Readonly<Record<string, unknown>>;

export interface JobForm {
  readonly texts: Readonly<Record<JobTextKey, string>>;
  readonly env: readonly Pair[];
  readonly hold: boolean;
  /** What else the job is like. */
  readonly rest: Said;
  /** The job whose secrets are meant where a variable has the mask; null = none. */
  readonly like: string | null;
}

const NO_TEXTS = Object.fromEntries(JOB_TEXT_KEYS.map((key) => [key, ''])) as Record<JobTextKey, string>;
export const EMPTY_JOB: JobForm = { texts: NO_TEXTS, env: [], hold: false, rest: {}, like: null };

/** Where a form may begin. */
export const JOB_TEMPLATES = {
  empty: EMPTY_JOB,
  gpu: withTexts({
    name: 'train',
    command: 'python train.py',
    gpus: '1',
    retries: '2',
    progress: String.raw`(\d+(?:\.\d+)?)%`,
  }),
  sweep: withTexts({ name: 'sweep', command: 'python train.py --lr {lr}', gpus: '1', sweep: 'lr=1e-3,1e-4' }),
  gang: withTexts({ name: 'distributed', command: 'torchrun train.py', nodes: '2', gpus: '8' }),
} as const satisfies Record<string, JobForm>;
export type JobTemplate = keyof typeof JOB_TEMPLATES;

function withTexts(texts: Partial<Record<JobTextKey, string>>): JobForm {
  return { ...EMPTY_JOB, texts: { ...NO_TEXTS, ...texts } };
}

/** As a job that there is, by its `spec`. @param like its id; null = it has none, a schedule's */
export function jobFormOf(like: string | null, spec: Said): JobForm {
  const { needs: allNeeds, retries: allRetries, timeouts: allTimeouts, env, command, ...others } = spec;
  const { labels: workerLabels, gpus, cpus, memory, nodes, worker, ...needs } = mapOf(allNeeds);
  const { max, ...retries } = typeof allRetries === 'number' ? { max: allRetries } : mapOf(allRetries);
  const { run, ...timeouts } = mapOf(allTimeouts);
  const device = typeof gpus === 'object' ? mapOf(gpus) : { count: gpus };
  const { name, working_dir, queue, priority, labels, progress, after, not_before, ...rest } = others;
  const words: Partial<Record<JobTextKey, unknown>> = {
    ...{ name, working_dir, queue, priority, progress, not_before, cpus, memory, nodes, worker },
    ...{ retries: max, run_timeout: run },
    ...{ gpus: device['count'], gpu_type: device['type'], gpu_memory: device['memory'] },
    // A list is run without a shell: it stays as it is unless somebody writes another command.
    command: commandLine(command),
    labels: labelsText(mapOf(labels) as Record<string, string>),
    worker_labels: labelsText(mapOf(workerLabels) as Record<string, string>),
    after: Array.isArray(after) ? after.join(', ') : after,
  };
  return {
    texts: Object.fromEntries(JOB_TEXT_KEYS.map((key) => [key, textOf(words[key])])) as JobForm['texts'],
    env: Object.entries(mapOf(env)).map(([variable, value]) => ({ name: variable, value: String(value) })),
    hold: false,
    rest: { ...rest, command, needs, retries, timeouts },
    like,
  };
}

export type JobWritten =
  | { readonly kind: 'body'; readonly body: JobBody }
  | { readonly kind: 'bad'; readonly field: JobTextKey; readonly piece: string };

export function bodyOf({ texts, env, hold, rest, like }: JobForm): JobWritten {
  const bad = (field: JobTextKey, piece: string): JobWritten => ({ kind: 'bad', field, piece });
  for (const key of ['priority', 'gpus', 'cpus', 'nodes', 'retries'] as const)
    if (said(texts[key]) !== undefined && Number.isNaN(Number(texts[key]))) return bad(key, texts[key]);
  const labels = readLabels(texts.labels);
  if ('bad' in labels) return bad('labels', labels.bad);
  const workerLabels = readLabels(texts.worker_labels);
  if ('bad' in workerLabels) return bad('worker_labels', workerLabels.bad);
  const sweep = readSweep(texts.sweep);
  if ('bad' in sweep) return bad('sweep', sweep.bad);
  const variables = env.filter(({ name }) => name !== '');
  const after = texts.after.split(/[\s,]+/).filter(Boolean);
  const { command: before, needs, retries, timeouts, ...others } = rest;
  const body = given({
    ...others,
    name: said(texts.name),
    command: texts.command === commandLine(before) ? before : texts.command,
    working_dir: said(texts.working_dir),
    env: some(Object.fromEntries(variables.map(({ name, value }) => [name, value]))),
    queue: said(texts.queue),
    priority: numberOf(texts.priority),
    labels: some(labels.labels),
    progress: said(texts.progress),
    needs: some({
      ...mapOf(needs),
      worker: said(texts.worker),
      labels: some(workerLabels.labels),
      gpus: gpusOf(texts),
      cpus: numberOf(texts.cpus),
      memory: said(texts.memory),
      nodes: numberOf(texts.nodes),
    }),
    retries: some({ ...mapOf(retries), max: numberOf(texts.retries) }),
    timeouts: some({ ...mapOf(timeouts), run: said(texts.run_timeout) }),
    after: after.length === 0 ? undefined : after,
    not_before: said(texts.not_before),
    array: said(texts.array),
    sweep: some(sweep.values),
    hold: hold || undefined,
    like: variables.length > 0 ? (like ?? undefined) : undefined,
  });
  return { kind: 'body', body: body as unknown as JobBody };
}

function gpusOf({ gpus, gpu_type, gpu_memory }: JobForm['texts']): unknown {
  const [count, type, memory] = [numberOf(gpus), said(gpu_type), said(gpu_memory)];
  if (type === undefined && memory === undefined) return count;
  return given({ count, type, memory });
}

/** Of a list: each argument, apart by blanks. For the eye; what is sent is the list itself. */
const commandLine = (command: unknown): string =>
  Array.isArray(command) ? command.join(' ') : typeof command === 'string' ? command : '';

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const said = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());
const numberOf = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text));
const mapOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const given = (words: Said): Record<string, unknown> =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
const some = (words: Said): Said | undefined => {
  const left = given(words);
  return Object.keys(left).length === 0 ? undefined : left;
};
