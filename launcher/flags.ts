/**
 * The launcher's flags: name, variable, what each takes, and how a value is checked where it enters. Names are seed 002's
 * (`--worker-id`, WORKER_ID...); the others are additions. A file of `--config` has the same names in snake case.
 */
import { z } from 'zod';
import { Size } from '../protocol/amounts';
import { CaFingerprint } from '../protocol/ca-fingerprint';
import { WorkerId } from '../protocol/ids';
import { CommandLine, Env } from '../protocol/process-spec';
import { zmqEndpoints } from '../protocol/zmq';
import { localAddress } from './local-api/address';
import { LOG_LEVELS } from './logging';

/** Flag, variable, value's name in help, help. */
export const FLAGS = [
  ['config', 'WORKER_CONFIG', 'file', 'a YAML file with these flags in snake case, and processes: to keep'],
  ['worker-id', 'WORKER_ID', 'id', "this worker's id; default: the host name"],
  ['manager-url', 'MANAGER_URL', 'url', 'where the manager is; default: http://localhost:5000'],
  ['zmq-server-key', 'ZMQ_SERVER_KEY', 'key', "a zmq:// manager's public key, or the file that holds it"],
  [
    'ca',
    'WORKER_CA',
    'file',
    "PEM: trust a manager's certificate only if signed by one of these; default: Node's authorities",
  ],
  [
    'ca-fingerprint',
    'WORKER_CA_FINGERPRINT',
    'sha256:hex',
    'trust only the authority with this fingerprint; it is fetched',
  ],
  [
    'tls-server-name',
    'WORKER_TLS_SERVER_NAME',
    'name',
    "the name in the manager's certificate; default: the one in its URL",
  ],
  ['client-cert', 'WORKER_CLIENT_CERT', 'file', 'PEM: shown to a manager that asks for a client certificate'],
  ['client-key', 'WORKER_CLIENT_KEY', 'file', 'its private key; default: in the same file'],
  ['command', 'COMMAND', 'line', 'what to keep running, as a shell line; words after -- are run without a shell'],
  ['working-dir', 'WORKING_DIR', 'path', 'where it runs; default: here'],
  ['env', 'WORKER_ENV', 'json', 'variables added to its environment, as a JSON object'],
  ['heartbeat-interval', 'HEARTBEAT_INTERVAL', 'seconds', 'default: 5'],
  ['data-dir', 'WORKER_DATA_DIR', 'path', 'what must outlive this program; default: data/workers/<worker-id>'],
  ['log-level', 'WORKER_LOG_LEVEL', 'level', `${LOG_LEVELS.join(', ')}; default: info`],
  ['token', 'WORKER_TOKEN', 'token', 'proof to the manager; better given by the variable than seen in ps'],
  ['token-file', 'WORKER_TOKEN_FILE', 'file', 'holds the token; read at each start'],
  ['restart-policy', 'WORKER_RESTART_POLICY', 'when', 'always, on-failure or never; default: on-failure'],
  ['max-restarts', 'WORKER_MAX_RESTARTS', 'n', 'restarts within 10 minutes before it is given up; default: 10'],
  ['restart-delay', 'WORKER_RESTART_DELAY', 'seconds', 'before the first restart, doubled each time; default: 1'],
  ['stop-timeout', 'WORKER_STOP_TIMEOUT', 'seconds', 'between SIGTERM and SIGKILL; default: 10'],
  ['processes', 'WORKER_PROCESSES', 'file', 'a JSON array of process definitions to keep; - is stdin'],
  ['security', 'WORKER_SECURITY', 'file', 'a YAML file with security: rules for what may run here, whoever asks'],
  ['slots', 'WORKER_SLOTS', 'n', 'so many jobs run here at once; 0 = none; default: the cores, or 4 with a local API'],
  ['kind', 'WORKER_KIND', 'kind', 'remote or local (the launcher beside the manager); default: remote'],
  ['output-keep', 'WORKER_OUTPUT_KEEP', 'size', 'of output that the manager has, keep so much; default: 64M'],
  ['disk-reserve', 'WORKER_DISK_RESERVE', 'size', 'leave so much of the disk free; default: 2 %, at most 256M'],
  ['local-api', 'WORKER_LOCAL_API', 'address', 'take tasks on this machine: a port, or 127.0.0.1:8090; default: no'],
  ['local-api-users', 'WORKER_LOCAL_API_USERS', 'names', "who may use it beside root and the launcher's user, or all"],
  ['tree', 'WORKER_TREE', 'way', 'cgroup, proc-scan or pid-list: the best way to use; default: what the machine has'],
] as const;
export type Flag = (typeof FLAGS)[number][0];

const HEARTBEAT_MS_MIN = 100;
const OUTPUT_KEEP_BYTES_MIN = 2 ** 20;
const YEAR_MS = 86_400_000 * 365;
const oneOf = <const T extends readonly [string, ...string[]]>(...known: T) =>
  z.enum(known, `must be one of ${known.join(', ')}`);

/** Milliseconds of a duration, however it was written. */
const duration = z.number().min(0, 'must not be negative').max(YEAR_MS, 'must be at most a year');
const heartbeat = duration.min(HEARTBEAT_MS_MIN, `must be at least ${HEARTBEAT_MS_MIN / 1000} s`);
/** As a flag it is a number of seconds. */
const seconds = z.coerce.number('must be a number of seconds').transform((value) => Math.round(value * 1000));

/** What each flag is once it was read, from wherever. Durations are milliseconds. */
export const MEANT = {
  config: z.string().min(1),
  'worker-id': WorkerId,
  'manager-url': z
    .url({ protocol: /^(https?|zmq)$/, error: 'must be a URL such as http://manager:5000 or zmq://manager:5550' })
    .refine((url) => !url.startsWith('zmq:') || zmqEndpoints(url) !== null, 'must have a port: zmq://manager:5550'),
  'zmq-server-key': z.string().min(1),
  ca: z.string().min(1),
  'ca-fingerprint': CaFingerprint,
  'tls-server-name': z.string().min(1),
  'client-cert': z.string().min(1),
  'client-key': z.string().min(1),
  command: CommandLine,
  'working-dir': z.string().min(1),
  env: Env,
  'heartbeat-interval': heartbeat,
  'data-dir': z.string().min(1),
  'log-level': z.preprocess(lowerCase, oneOf(...LOG_LEVELS)),
  token: z.string().min(1),
  'token-file': z.string().min(1),
  'restart-policy': oneOf('always', 'on-failure', 'never'),
  'max-restarts': z.number('must be a whole number').int('must be a whole number').min(0, 'must not be negative'),
  'restart-delay': duration,
  'stop-timeout': duration,
  processes: z.string().min(1),
  security: z.string().min(1),
  slots: z
    .number('must be a whole number')
    .int('must be a whole number')
    .min(0, 'must not be negative')
    .max(10_000, 'must be at most 10000'),
  kind: oneOf('remote', 'local'),
  'output-keep': Size.refine((bytes) => bytes >= OUTPUT_KEEP_BYTES_MIN, 'must be at least 1M'),
  'disk-reserve': Size,
  'local-api': z.union([z.number(), z.string()]).transform((written, context) => {
    const address = localAddress(String(written));
    if (typeof address !== 'string') return address;
    context.addIssue({ code: 'custom', message: address });
    return z.NEVER;
  }),
  'local-api-users': z.array(z.union([z.string().min(1), z.number().int().min(0).transform(String)])),
  tree: oneOf('cgroup', 'proc-scan', 'pid-list'),
} as const satisfies Record<Flag, z.ZodType>;
export type Values = { [F in Flag]: z.infer<(typeof MEANT)[F]> | null };

/** How a flag's or a variable's text becomes what it means. */
export const FROM_TEXT: Readonly<Record<Flag, z.ZodType>> = {
  ...MEANT,
  env: z.preprocess(fromJson, MEANT.env),
  'max-restarts': z.coerce.number('must be a whole number').pipe(MEANT['max-restarts']),
  'local-api-users': z.preprocess(commaSeparated, MEANT['local-api-users']),
  slots: z.coerce.number('must be a whole number').pipe(MEANT.slots),
  'heartbeat-interval': seconds.pipe(MEANT['heartbeat-interval']),
  'restart-delay': seconds.pipe(duration),
  'stop-timeout': seconds.pipe(duration),
};

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

function commaSeparated(text: unknown): string[] {
  return String(text)
    .split(',')
    .map((part) => part.trim());
}

function lowerCase(value: unknown): unknown {
  const text = String(value).toLowerCase();
  return text === 'warning' ? 'warn' : text === 'critical' ? 'error' : text;
}
