/**
 * The flags of `procguard submit` as the body of POST /api/jobs. Durations and sizes pass as they are written: the
 * manager reads them, and names the field that it did not understand.
 */
import type { JobBody, TemplateSubmission } from '../../../protocol/jobs-http';
import { scalarOf } from '../../../protocol/scalar-text';
import { CliError, EXIT } from '../exit';
import { asLabels } from '../label-words';

export interface JobFlags {
  readonly name?: string;
  readonly gpus?: number;
  readonly gpuType?: string;
  readonly gpuMemory?: string;
  readonly cpus?: number;
  readonly memory?: string;
  readonly nodes?: number;
  readonly worker?: string;
  readonly target?: NonNullable<NonNullable<JobBody['needs']>['target']>;
  readonly label: readonly string[];
  readonly tag: readonly string[];
  readonly priority?: number;
  /** False: `--no-preempt` was said. */
  readonly preempt: boolean;
  readonly retries?: number;
  readonly retryDelay?: string;
  /** Of `--no-retry-on`: a flag that begins with `no-` is called so by the parser. */
  readonly retryOn: readonly number[];
  readonly timeout?: string;
  readonly queueTimeout?: string;
  readonly silenceTimeout?: string;
  readonly grace?: string;
  readonly after: readonly string[];
  readonly afterAny?: boolean;
  readonly notBefore?: string;
  readonly array?: string;
  readonly sweep: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Parameters of a template. */
  readonly set: Readonly<Record<string, string>>;
  readonly dir?: string;
  readonly shell?: boolean;
  readonly user?: string;
  readonly image?: string;
  readonly queue?: string;
  readonly id?: string;
  readonly hold?: boolean;
  readonly progress?: string;
}

/** @throws CliError usage where two flags do not go together */
export const submitBody = (words: readonly string[], flags: JobFlags): JobBody => ({
  ...flagWords(flags),
  command: commandOf(words, flags.shell ?? false),
});

/**
 * Of a named job, over which the flags are laid: what no flag says stays as the template has it. Further words are
 * arguments behind its own.
 * @throws CliError usage
 */
export function templateBody(template: string, words: readonly string[], flags: JobFlags): TemplateSubmission {
  if (flags.shell) throw new CliError(EXIT.usage, '--shell is for a command, and --template has its own');
  return {
    ...flagWords(flags),
    template,
    parameters: Object.fromEntries(Object.entries(flags.set).map(([name, text]) => [name, scalarOf(text)])),
    ...(words.length > 0 && { args: [...words] }),
  };
}

const flagWords = (flags: JobFlags): Omit<JobBody, 'command'> => ({
  id: flags.id,
  name: flags.name,
  working_dir: flags.dir,
  env: { ...flags.env },
  user: flags.user,
  container: flags.image === undefined ? undefined : { image: flags.image },
  needs: {
    worker: flags.worker,
    target: flags.target,
    labels: asLabels(flags.label),
    gpus: gpusOf(flags),
    cpus: flags.cpus,
    memory: flags.memory,
    nodes: flags.nodes,
  },
  priority: flags.priority,
  preemptible: flags.preempt ? undefined : false,
  retries: retriesOf(flags),
  timeouts: {
    queue: flags.queueTimeout,
    run: flags.timeout,
    silence: flags.silenceTimeout,
    grace: flags.grace,
  },
  after: flags.after.length === 0 ? undefined : [...flags.after],
  after_mode: flags.afterAny ? 'any_terminal' : undefined,
  not_before: flags.notBefore,
  labels: asLabels(flags.tag),
  queue: flags.queue,
  progress: flags.progress,
  array: flags.array,
  sweep: sweepOf(flags.sweep),
  hold: flags.hold,
});

/** One word alone is a line for the shell, as it is with ssh; several are executed as they are. */
const commandOf = (words: readonly string[], isShell: boolean): string | string[] =>
  isShell || words.length === 1 ? words.join(' ') : [...words];

function gpusOf({ gpus, gpuType, gpuMemory }: JobFlags): NonNullable<JobBody['needs']>['gpus'] {
  if (gpuType === undefined && gpuMemory === undefined) return gpus;
  if (gpus === 0) throw new CliError(EXIT.usage, '--gpus 0 takes no --gpu-type and no --gpu-memory');
  return { count: gpus ?? 1, type: gpuType, memory: gpuMemory };
}

function retriesOf({ retries, retryDelay, retryOn }: JobFlags): JobBody['retries'] {
  if (retryDelay === undefined && retryOn.length === 0) return retries;
  if (retries === undefined)
    throw new CliError(EXIT.usage, `${retryDelay === undefined ? '--no-retry-on' : '--retry-delay'} needs --retries`);
  return { max: retries, delay: retryDelay, not_on: [...retryOn] };
}

/** `lr=1e-3,1e-4`: each value stands as it was written. */
function sweepOf(sweep: Readonly<Record<string, string>>): JobBody['sweep'] {
  const parameters = Object.entries(sweep).map(([name, values]) => [name, values.split(',')] as const);
  return parameters.length === 0 ? undefined : Object.fromEntries(parameters);
}
