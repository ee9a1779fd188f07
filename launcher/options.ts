/**
 * The command line, the environment and the launcher's own file, read into typed options. Pure. Flags win over variables,
 * and these over the file, key by key.
 */
import { Command, CommanderError, Option } from 'commander';
import type { z } from 'zod';
import { nearest } from '../protocol/errors';
import { WorkerId } from '../protocol/ids';
import { Labels } from '../protocol/link';
import type { CommandLine, Env } from '../protocol/process-spec';
import { trustMisfit, type TrustWanted } from '../protocol/trust-wanted';
import { AGENT_FALLBACK, agentIn, agentLabels, agentText } from './agent-variables';
import type { AgentWords } from './agent-words';
import { FLAGS, FROM_TEXT, type Flag, type Values } from './flags';
import type { LocalAddress } from './local-api/address';
import type { LogLevel } from './logging';
import type { Rules } from './core/rules';
import { OwnFileError } from './own-file';
import { namesTheirs, SIMPLETUNER_NAMES } from './simpletuner-names';
import type { WorkerFile } from './worker-file';

export interface LauncherOptions {
  readonly workerId: WorkerId;
  /** Null = there is none: an agent without a server works by itself. */
  readonly managerUrl: string | null;
  /** The public key of a zmq:// manager, or the file that holds it; null = that link is not encrypted. */
  readonly zmqServerKey: string | null;
  /** How a https:// manager is trusted. */
  readonly trust: TrustWanted;
  /** Null = no process from the command line. */
  readonly command: CommandLine | null;
  readonly workingDir: string | null;
  readonly env: Env;
  readonly heartbeatIntervalMs: number;
  readonly autoStart: boolean;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  readonly labels: Labels;
  /** Given by an operator: a worker's (`wt_`) or one to join with (`jt_`). Null = its own key is all it shows. */
  readonly token: string | null;
  /** The file that holds it; counts where `token` is null. */
  readonly tokenFile: string | null;
  readonly restartPolicy: 'always' | 'on-failure' | 'never' | null;
  readonly maxRestarts: number | null;
  readonly restartDelayMs: number | null;
  readonly stopTimeoutMs: number | null;
  /** A JSON file of process definitions; null = none. */
  readonly processesFile: string | null;
  /** The launcher's own file, with the processes it lists; null = none. */
  readonly workerFile: WorkerFile | null;
  /** What may run here, whoever asks; null = anything. Not read for modes that give birth to nothing: a stop must not fail by it. */
  readonly rules: Rules | null;
  /** Tasks and attempts of jobs that run here at once, whoever gave them; 0 = none; null = as the machine allows. */
  readonly slots: number | null;
  /** It takes one job, one at a time, and ends when that is over. */
  readonly isEphemeral: boolean;
  /** SIGTERM lets what runs of jobs come to its end first; a second one does not. */
  readonly drainsOnTerm: boolean;
  readonly kind: 'remote' | 'local';
  /** The most that is asked of the machine for keeping trees apart. */
  readonly tree: 'cgroup' | 'proc-scan' | 'pid-list';
  /** Of one run's output, what the manager already has is freed beyond this many bytes. */
  readonly outputKeepBytes: number;
  /** Space left free on the disk of `dataDir`; null = 2 % of it, at most 256 MiB. */
  readonly diskReserveBytes: number | null;
  /** Where it takes tasks of its own machine; null = nowhere. */
  readonly localApi: LocalAddress | null;
  /** Who may give them, beside root and the launcher's own user: names, numbers, or `all`. */
  readonly localApiUsers: readonly string[];
  /** Set where it was started as RemoteGPU's agent is: by its file or its variables. */
  readonly agent: AgentWords | null;
  readonly mode: 'run' | 'stop-all' | 'status' | 'check' | 'locate';
}

export type ParsedOptions =
  /** `mistakes`: what is wrong with the file of `--config`, of which only the whereabouts were read; null = nothing. */
  | { readonly kind: 'options'; readonly options: LauncherOptions; readonly mistakes: string | null }
  /** `--help`: text for stdout. A mistake: a sentence for stderr, exit code 2. */
  | { readonly kind: 'exit'; readonly code: 0 | 2; readonly text: string };

type Given = Readonly<Record<string, string | boolean | string[] | undefined>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** How the files of `--config` and `--security` are read; what these throw is told to the user. */
export interface OwnFiles {
  readonly worker: (file: string) => WorkerFile;
  readonly whereabouts: (file: string) => WorkerFile | null;
  readonly rules: (file: string) => Rules;
}

export function parseOptions(
  argv: readonly string[],
  env: Environment,
  hostname: string,
  files: OwnFiles,
): ParsedOptions {
  const program = makeProgram();
  let output = '';
  program.configureOutput({ writeOut: (text) => (output += text), writeErr: (text) => (output += text) });
  try {
    program.parse(argv, { from: 'user' });
    const given = program.opts<Given>();
    const file = textOf('config', given, env);
    const named = file === null ? null : (parseOr(FROM_TEXT.config, file.text, file.from) as string);
    const read = (workerFile: WorkerFile | null): LauncherOptions =>
      optionsOf({ given, words: program.args, env, hostname, workerFile, files });
    try {
      return { kind: 'options', options: read(named === null ? null : files.worker(named)), mistakes: null };
    } catch (error) {
      if (named === null || !isToBeFound(given)) throw error;
      const { message: mistakes } = error as Error;
      const whereabouts = files.whereabouts(named);
      if (whereabouts === null) throw new OwnFileError(`${mistakes}\n${WAY_OUT}`);
      return { kind: 'options', options: read(whereabouts), mistakes };
    }
  } catch (error) {
    if (error instanceof OwnFileError) return { kind: 'exit', code: 2, text: `${error.message}\n` };
    if (error instanceof CommanderError) return { kind: 'exit', code: error.exitCode === 0 ? 0 : 2, text: output };
    return { kind: 'exit', code: 2, text: `procguard worker: ${(error as Error).message}\n` };
  }
}

const WAY_OUT =
  'without this file a launcher is found by --data-dir DIR, or by --worker-id ID where it keeps its data by default';

/** A launcher that runs is asked or ended. The mistake of a file that it may have read long ago must not keep it running. */
const isToBeFound = (given: Given): boolean =>
  given['stopAll'] === true || given['status'] === true || (given['locate'] === true && given['leniently'] === true);

function makeProgram(): Command {
  const program = new Command('procguard worker')
    .description('The launcher: keeps commands running on this machine and tells a manager about them.')
    .argument('[words...]', 'after --: the command as words, run without a shell')
    .exitOverride();
  for (const [flag, variable, value, help] of FLAGS)
    program.addOption(new Option(`--${flag} <${value}>`, `${help} (${variable})`));
  for (const [flag, { flag: name, variable }] of Object.entries(SIMPLETUNER_NAMES))
    program.addOption(new Option(`--${name} <value>`, `SimpleTuner's name of --${flag} (${variable})`));
  program.option(
    '--persistent',
    'stay between jobs, where --orchestrator-url is given and not --manager-url (SIMPLETUNER_WORKER_PERSISTENT)',
  );
  program.option('-v, --verbose', "SimpleTuner's name of --log-level debug");
  program.option('--labels <k=v...>', 'labels, repeated or separated by commas (WORKER_LABELS)');
  program.option('--ssl-no-verify', 'development only: trust whoever answers at --manager-url (WORKER_SSL_NO_VERIFY)');
  program.option('--auto-start', 'start it when this worker meets it for the first time (AUTO_START)');
  program.option('--ephemeral', 'take one job, and end when it is over (WORKER_EPHEMERAL)');
  program.option(
    '--drain-on-term',
    'at SIGTERM end when the jobs are over; so does --ephemeral (WORKER_DRAIN_ON_TERM)',
  );
  program.option('--stop-all', 'stop every process of this data directory, verify, and end');
  program.option('--status', 'say what is kept and how it is, and end');
  program.option('--check', 'read everything, say what is wrong or what it means, and end');
  program.option('--locate', 'print worker id, data directory and working directory, a line each, and end');
  program.option('--leniently', 'with --locate: also where something else in the file of --config is wrong');
  return program;
}

function optionsOf(read: {
  readonly given: Given;
  readonly words: readonly string[];
  readonly env: Environment;
  readonly hostname: string;
  readonly workerFile: WorkerFile | null;
  readonly files: OwnFiles;
}): LauncherOptions {
  const { given, words, env, hostname, workerFile, files } = read;
  const agent = agentIn(env, workerFile?.agent ?? null);
  const values = readValues(given, env, workerFile, agent !== null);
  const workerId = values['worker-id'] ?? parseOr(WorkerId, hostname, 'the host name as --worker-id');
  const mode = MODES.find((name) => given[camelCase(name)] === true) ?? 'run';
  const givesBirth = mode === 'run' || mode === 'check';
  if (words.length > 0 && typeof given['command'] === 'string')
    throw new Error('the command is given twice, by --command and after --; keep one');
  const managerUrl = values['manager-url'] ?? (agent === null ? 'http://localhost:5000' : null);
  const trust = trustOf(values, given, env, workerFile);
  const misfit = managerUrl === null ? null : trustMisfit(managerUrl, trust);
  if (misfit !== null) throw new Error(misfit);
  const isEphemeral = given['ephemeral'] === true || (isTrue(env['WORKER_EPHEMERAL']) ?? isPassing(given, env));
  return {
    workerId,
    managerUrl,
    zmqServerKey: values['zmq-server-key'],
    trust,
    command: words.length > 0 ? [...words] : values.command,
    workingDir: values['working-dir'],
    env: values.env ?? {},
    heartbeatIntervalMs: values['heartbeat-interval'] ?? 5_000,
    autoStart: given['autoStart'] === true || (isTrue(env['AUTO_START']) ?? workerFile?.autoStart ?? false),
    dataDir: values['data-dir'] ?? `data/workers/${workerId}`,
    logLevel: values['log-level'] ?? (given['verbose'] === true ? 'debug' : 'info'),
    labels: { ...agentLabels(agent), ...(labelsOf(given, env) ?? workerFile?.labels) },
    token: values.token,
    tokenFile: values['token-file'],
    restartPolicy: values['restart-policy'],
    maxRestarts: values['max-restarts'],
    restartDelayMs: values['restart-delay'],
    stopTimeoutMs: values['stop-timeout'],
    processesFile: values.processes,
    workerFile,
    rules: givesBirth ? rulesIn(values.security, workerFile, files) : null,
    slots: values.slots,
    isEphemeral,
    drainsOnTerm: isEphemeral || given['drainOnTerm'] === true || (isTrue(env['WORKER_DRAIN_ON_TERM']) ?? false),
    kind: values.kind ?? 'remote',
    tree: values.tree ?? 'cgroup',
    outputKeepBytes: values['output-keep'] ?? 64 * 2 ** 20,
    diskReserveBytes: values['disk-reserve'],
    localApi: values['local-api'],
    localApiUsers: values['local-api-users'] ?? [],
    agent,
    mode,
  };
}

/** Whoever calls the manager by SimpleTuner's name for it means its workers: they leave after a job unless told to stay. */
function isPassing(given: Given, env: Environment): boolean {
  const isTheirs = namesTheirs('manager-url', textOf('manager-url', given, env)?.from);
  return isTheirs && !(given['persistent'] === true || isTrue(env['SIMPLETUNER_WORKER_PERSISTENT']) === true);
}

function trustOf(values: Values, given: Given, env: Environment, workerFile: WorkerFile | null): TrustWanted {
  const byFlag = given['sslNoVerify'] === true;
  return {
    caFile: values.ca,
    caFingerprint: values['ca-fingerprint'],
    isVerified: !(byFlag || (isTrue(env['WORKER_SSL_NO_VERIFY']) ?? workerFile?.sslNoVerify ?? false)),
    clientCertFile: values['client-cert'],
    clientKeyFile: values['client-key'],
    serverName: values['tls-server-name'],
  };
}

/** Two sets of rules are refused and not weighed: neither owner could say what holds. */
function rulesIn(file: string | null, workerFile: WorkerFile | null, files: OwnFiles): Rules | null {
  const own = workerFile?.rules ?? null;
  if (file === null) return own;
  if (own !== null) throw new Error(`security is given twice, in ${file} and in ${own.file}; keep one`);
  return files.rules(file);
}

const MODES = ['stop-all', 'status', 'check', 'locate'] as const;

/** @param isAgent the agent's variables and defaults count too, behind the flags' own and around its file */
function readValues(given: Given, env: Environment, workerFile: WorkerFile | null, isAgent: boolean): Values {
  const values: Partial<Record<Flag, unknown>> = {};
  for (const [flag] of FLAGS) {
    const found = textOf(flag, given, env) ?? (isAgent ? agentText(flag, env) : null);
    const fallback = isAgent ? AGENT_FALLBACK[flag] : undefined;
    if (found !== null) values[flag] = parseOr(FROM_TEXT[flag], found.text, found.from);
    else values[flag] = workerFile?.values[flag] ?? (fallback === undefined ? null : FROM_TEXT[flag].parse(fallback));
  }
  return values as Values; // each was parsed by the schema of its own flag
}

/** By a flag, else by a variable, of ours before SimpleTuner's; null = by none. An empty variable counts as not set. */
function textOf(flag: Flag, given: Given, env: Environment): { readonly text: string; readonly from: string } | null {
  const variable = FLAGS.find(([name]) => name === flag)?.[1] ?? '';
  const names = [{ flag, variable }, SIMPLETUNER_NAMES[flag] ?? []].flat();
  for (const { flag: name } of names) {
    const text = given[camelCase(name)];
    if (typeof text === 'string') return { text, from: `--${name}` };
  }
  for (const { variable: name } of names) {
    const text = env[name];
    if (text !== undefined && text !== '') return { text, from: name };
  }
  return null;
}

function parseOr<S extends z.ZodType>(schema: S, value: unknown, from: string): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const guess = issue?.code === 'invalid_value' ? nearest(String(value), (issue.values as unknown[]).map(String)) : [];
  const hint = guess.length > 0 ? `; did you mean ${guess[0]}?` : '';
  throw new Error(`${from} "${String(value)}" is not understood: ${issue?.message ?? 'not valid'}${hint}`);
}

function labelsOf(given: Given, env: Environment): Labels | null {
  const variable = env['WORKER_LABELS'] ?? '';
  const texts = (given['labels'] as string[] | undefined) ?? (variable === '' ? undefined : [variable]);
  return texts === undefined ? null : readLabels(texts);
}

/** `gpu=a100,zone=b`, any number of times. */
function readLabels(texts: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  for (const text of texts.flatMap((part) => part.split(',')).filter((part) => part.trim() !== '')) {
    const at = text.indexOf('=');
    if (at < 1) throw new Error(`the label "${text}" is not of the form key=value`);
    labels[text.slice(0, at).trim()] = text.slice(at + 1).trim();
  }
  return parseOr(Labels, labels, '--labels');
}

/** Null = it is not set. */
const isTrue = (text: string | undefined): boolean | null =>
  text === undefined || text === '' ? null : /^(1|true|yes|on)$/i.test(text);
const camelCase = (flag: string): string => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
