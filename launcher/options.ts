/**
 * The command line and the environment, read once into typed options. Pure. Flags win over variables, key by key.
 * Names are seed 002's (`--worker-id`, WORKER_ID...); the others are additions.
 */
import { Command, CommanderError, Option } from 'commander';
import { z } from 'zod';
import { nearest } from '../protocol/errors';
import { WorkerId } from '../protocol/ids';
import { Labels } from '../protocol/link';
import { CommandLine, Env } from '../protocol/process-spec';
import { LOG_LEVELS, type LogLevel } from './logging';

export interface LauncherOptions {
  readonly workerId: WorkerId;
  readonly managerUrl: string;
  /** Null = no process from the command line. */
  readonly command: CommandLine | null;
  readonly workingDir: string | null;
  readonly env: Env;
  /** Milliseconds; on the command line it is seconds. */
  readonly heartbeatIntervalMs: number;
  readonly autoStart: boolean;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  readonly labels: Labels;
  readonly token: string | null;
  readonly restartPolicy: 'always' | 'on-failure' | 'never' | null;
  readonly maxRestarts: number | null;
  readonly restartDelayMs: number | null;
  readonly stopTimeoutMs: number | null;
  /** A JSON file of process definitions; null = none. */
  readonly processesFile: string | null;
  readonly kind: 'remote' | 'local';
  /** The most that is asked of the machine for keeping trees apart. */
  readonly tree: 'cgroup' | 'proc-scan' | 'pid-list';
  readonly mode: 'run' | 'stop-all' | 'status';
}

export type ParsedOptions =
  | { readonly kind: 'options'; readonly options: LauncherOptions }
  /** `--help`: text for stdout. A mistake: a sentence for stderr, exit code 2. */
  | { readonly kind: 'exit'; readonly code: 0 | 2; readonly text: string };

/** Flag, variable, value's name in help, help. */
const FLAGS = [
  ['worker-id', 'WORKER_ID', 'id', "this worker's id; default: the host name"],
  ['manager-url', 'MANAGER_URL', 'url', 'where the manager is; default: http://localhost:5000'],
  ['command', 'COMMAND', 'line', 'what to keep running, as a shell line; words after -- are run without a shell'],
  ['working-dir', 'WORKING_DIR', 'path', 'where it runs; default: here'],
  ['env', 'WORKER_ENV', 'json', 'variables added to its environment, as a JSON object'],
  ['heartbeat-interval', 'HEARTBEAT_INTERVAL', 'seconds', 'default: 5'],
  ['data-dir', 'WORKER_DATA_DIR', 'path', 'what must outlive this program; default: data/workers/<worker-id>'],
  ['log-level', 'WORKER_LOG_LEVEL', 'level', `${LOG_LEVELS.join(', ')}; default: info`],
  ['token', 'WORKER_TOKEN', 'token', 'proof to the manager; better given by the variable than seen in ps'],
  ['restart-policy', 'WORKER_RESTART_POLICY', 'when', 'always, on-failure or never; default: on-failure'],
  ['max-restarts', 'WORKER_MAX_RESTARTS', 'n', 'restarts within 10 minutes before it is given up; default: 10'],
  ['restart-delay', 'WORKER_RESTART_DELAY', 'seconds', 'before the first restart, doubled each time; default: 1'],
  ['stop-timeout', 'WORKER_STOP_TIMEOUT', 'seconds', 'between SIGTERM and SIGKILL; default: 10'],
  ['processes', 'WORKER_PROCESSES', 'file', 'a JSON array of process definitions to keep'],
  ['kind', 'WORKER_KIND', 'kind', 'remote or local (the launcher beside the manager); default: remote'],
  ['tree', 'WORKER_TREE', 'way', 'cgroup, proc-scan or pid-list: the best way to use; default: what the machine has'],
] as const;
type Flag = (typeof FLAGS)[number][0];

const seconds = (what: string) =>
  z.coerce
    .number(`${what} is a number of seconds`)
    .min(0, `${what} is not negative`)
    .max(86_400 * 365);
const word = <const T extends readonly [string, ...string[]]>(what: string, ...known: T) =>
  z.enum(known, `${what} is one of ${known.join(', ')}`);

/** Each flag's value, checked where it enters. */
const VALUES = {
  'worker-id': WorkerId,
  'manager-url': z.url({ protocol: /^https?$/, error: '--manager-url is a URL such as http://manager:5000' }),
  command: CommandLine,
  'working-dir': z.string().min(1),
  env: z.preprocess(fromJson, Env),
  'heartbeat-interval': seconds('--heartbeat-interval').min(0.1, '--heartbeat-interval is at least 0.1 s'),
  'data-dir': z.string().min(1),
  'log-level': z.preprocess(lowerCase, word('--log-level', ...LOG_LEVELS)),
  token: z.string().min(1),
  'restart-policy': word('--restart-policy', 'always', 'on-failure', 'never'),
  'max-restarts': z.coerce.number().int().min(0),
  'restart-delay': seconds('--restart-delay'),
  'stop-timeout': seconds('--stop-timeout'),
  processes: z.string().min(1),
  kind: word('--kind', 'remote', 'local'),
  tree: word('--tree', 'cgroup', 'proc-scan', 'pid-list'),
} as const satisfies Record<Flag, z.ZodType>;
type Values = { [F in Flag]: z.infer<(typeof VALUES)[F]> | null };

export function parseOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  hostname: string,
): ParsedOptions {
  const program = makeProgram();
  let output = '';
  program.configureOutput({ writeOut: (text) => (output += text), writeErr: (text) => (output += text) });
  try {
    program.parse(argv, { from: 'user' });
    const given = program.opts<Record<string, string | boolean | string[] | undefined>>();
    return { kind: 'options', options: optionsOf(given, program.args, env, hostname) };
  } catch (error) {
    if (error instanceof CommanderError) return { kind: 'exit', code: error.exitCode === 0 ? 0 : 2, text: output };
    return { kind: 'exit', code: 2, text: `procguard worker: ${(error as Error).message}\n` };
  }
}

function makeProgram(): Command {
  const program = new Command('procguard worker')
    .description('The launcher: keeps commands running on this machine and tells a manager about them.')
    .argument('[words...]', 'after --: the command as words, run without a shell')
    .exitOverride();
  for (const [flag, variable, value, help] of FLAGS)
    program.addOption(new Option(`--${flag} <${value}>`, `${help} (${variable})`));
  program.option('--labels <k=v...>', 'labels, repeated or separated by commas (WORKER_LABELS)');
  program.option('--auto-start', 'start it when this worker meets it for the first time (AUTO_START)');
  program.option('--stop-all', 'stop every process of this data directory, verify, and end');
  program.option('--status', 'say what is kept and how it is, and end');
  return program;
}

function optionsOf(
  given: Record<string, string | boolean | string[] | undefined>,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  hostname: string,
): LauncherOptions {
  const values = readValues(given, env);
  const workerId = values['worker-id'] ?? parseOr(WorkerId, hostname, 'the host name as --worker-id');
  if (words.length > 0 && typeof given['command'] === 'string')
    throw new Error('the command is given twice, by --command and after --; keep one');
  return {
    workerId,
    managerUrl: values['manager-url'] ?? 'http://localhost:5000',
    command: words.length > 0 ? [...words] : values.command,
    workingDir: values['working-dir'],
    env: values.env ?? {},
    heartbeatIntervalMs: Math.round((values['heartbeat-interval'] ?? 5) * 1000),
    autoStart: given['autoStart'] === true || isTrue(env['AUTO_START']),
    dataDir: values['data-dir'] ?? `data/workers/${workerId}`,
    logLevel: values['log-level'] ?? 'info',
    labels: readLabels((given['labels'] as string[] | undefined) ?? [env['WORKER_LABELS'] ?? '']),
    token: values.token,
    restartPolicy: values['restart-policy'],
    maxRestarts: values['max-restarts'],
    restartDelayMs: inMs(values['restart-delay']),
    stopTimeoutMs: inMs(values['stop-timeout']),
    processesFile: values.processes,
    kind: values.kind ?? 'remote',
    tree: values.tree ?? 'cgroup',
    mode: given['stopAll'] === true ? 'stop-all' : given['status'] === true ? 'status' : 'run',
  };
}

function readValues(
  given: Record<string, string | boolean | string[] | undefined>,
  env: Readonly<Record<string, string | undefined>>,
): Values {
  const values: Partial<Record<Flag, unknown>> = {};
  for (const [flag, variable] of FLAGS) {
    const byFlag = given[camelCase(flag)];
    const byVariable = env[variable] === '' ? undefined : env[variable];
    const text = typeof byFlag === 'string' ? byFlag : byVariable;
    const from = typeof byFlag === 'string' ? `--${flag}` : variable;
    values[flag] = text === undefined ? null : parseOr(VALUES[flag] as z.ZodType, text, from);
  }
  return values as Values; // each was parsed by the schema of its own flag
}

function parseOr<S extends z.ZodType>(schema: S, value: unknown, from: string): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const guess = issue?.code === 'invalid_value' ? nearest(String(value), (issue.values as unknown[]).map(String)) : [];
  const hint = guess.length > 0 ? `; did you mean ${guess[0]}?` : '';
  throw new Error(`${from} "${String(value)}" is not understood: ${issue?.message ?? 'not valid'}${hint}`);
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

function fromJson(value: unknown): unknown {
  try {
    const parsed: unknown = JSON.parse(String(value));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return parsed;
    // {"RANK": 0} is meant as "0".
    return Object.fromEntries(
      Object.entries(parsed).map(([name, set]) => [
        name,
        typeof set === 'number' || typeof set === 'boolean' ? String(set) : set,
      ]),
    );
  } catch {
    return value; // refused by the schema, with the text in the sentence
  }
}

function lowerCase(value: unknown): unknown {
  const text = String(value).toLowerCase();
  return text === 'warning' ? 'warn' : text === 'critical' ? 'error' : text;
}

const isTrue = (text: string | undefined): boolean => /^(1|true|yes|on)$/i.test(text ?? '');
const inMs = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000));
const camelCase = (flag: string): string => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
