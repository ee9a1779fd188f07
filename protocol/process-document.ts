/**
 * A process as people write it: in a launcher's `processes:`, in a document for `procguard apply`, in a body of the
 * HTTP API. Snake case, durations and sizes with units (amounts.ts), the names of seed 002's `workers[]` kept. Parsing
 * gives a `ProcessSpec`; a key that is not known here is refused, because one that is quietly ignored costs a night.
 */
import { z } from 'zod';
import { Duration, Size } from './amounts';
import { ContainerWords } from './container-words';
import { CommandLine } from './command-line';
import { DependencyCondition } from './dependencies';
import { given, listOf, Text } from './document-parts';
import { ProcessName, WorkerId } from './ids';
import { Pattern } from './probes';
import { Env, ProcessSpec } from './process-spec';
import { isSealed } from './sealed-env';
import { isSecret, MASK } from './secret-names';

const Signal = z
  .string()
  .transform((word) => (word.toUpperCase().startsWith('SIG') ? word.toUpperCase() : `SIG${word.toUpperCase()}`));

const Stop = z.strictObject({
  signal: Signal.optional(),
  grace: Duration.optional(),
  then: z.array(z.strictObject({ signal: Signal, grace: Duration })).optional(),
});

const Limits = z.strictObject({
  memory: Size.optional(),
  cpu: z.number().optional(),
  pids: z.number().optional(),
  open_files: z.number().optional(),
  nice: z.number().optional(),
  oom_score: z.number().optional(),
});

/** `8080`, `"db:5432"`. */
const TcpTarget = z.union([z.number(), z.string()]).transform((written, context) => {
  const parts = /^(?:(.+):)?(\d+)$/.exec(String(written));
  if (parts !== null) return { kind: 'tcp' as const, ...(parts[1] ? { host: parts[1] } : {}), port: Number(parts[2]) };
  context.addIssue({ code: 'custom', message: 'must be a port, or host:port' });
  return z.NEVER;
});
const asked = {
  http: z.url('must be a URL such as http://127.0.0.1:8080/health').optional(),
  tcp: TcpTarget.optional(),
  exec: CommandLine.optional(),
  log: Pattern.optional(),
};
const pace = { interval: Duration.optional(), timeout: Duration.optional() };

type AskedWords = { http?: string | undefined; tcp?: object | undefined; exec?: unknown; log?: string | undefined };
const checkOf = ({ http, tcp, exec, log }: AskedWords): object[] => [
  ...(http === undefined ? [] : [{ kind: 'http', url: http }]),
  ...(tcp === undefined ? [] : [tcp]),
  ...(exec === undefined ? [] : [{ kind: 'exec', command: exec }]),
  ...(log === undefined ? [] : [{ kind: 'log', pattern: log }]),
];

const Ready = z
  .strictObject({ ...asked, ...pace, within: Duration.nullable().optional() })
  .transform((written, context) => {
    const [check, second] = checkOf(written);
    if (check === undefined || second !== undefined) {
      context.addIssue({ code: 'custom', message: 'must name exactly one of http, tcp, exec and log' });
      return z.NEVER;
    }
    return given({ check, intervalMs: written.interval, timeoutMs: written.timeout, withinMs: written.within });
  });

const Alive = z
  .strictObject({
    ...asked,
    ...pace,
    /** How long nothing may be heard. */
    silence: Duration.optional(),
    /** What must not be silent. */
    of: z.enum(['output', 'cpu']).optional(),
    /** A regular expression whose first group is a number that must grow. */
    progress: Pattern.optional(),
    /** With `progress`: how soon it must have grown. */
    within: Duration.optional(),
    failures: z.number().optional(),
    after: Duration.optional(),
    action: z.enum(['restart', 'warn']).optional(),
  })
  .transform((written, context) => {
    const { silence, progress, within = 600_000, of = 'output' } = written;
    const [check, second] = [
      ...checkOf(written),
      ...(silence === undefined ? [] : [{ kind: 'silence', of, forMs: silence }]),
      ...(progress === undefined ? [] : [{ kind: 'progress', pattern: progress, forMs: within }]),
    ];
    if (check === undefined || second !== undefined) {
      const message = 'must name exactly one of http, tcp, exec, log, silence and progress';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    return given({
      check,
      intervalMs: written.interval,
      timeoutMs: written.timeout,
      failuresMax: written.failures,
      afterMs: written.after,
      action: written.action,
    });
  });

/** `[db, "w2/cache"]` (started), or `{db: ready}`. */
const DependsOnWords = z.union([
  z.array(Text).transform((names) => Object.fromEntries(names.map((name) => [name, 'started' as const]))),
  z.record(Text, DependencyCondition),
]);

/** `022`, `"0022"`: octal digits either way. A YAML reader gives 022 as 18, and 22 as 22: text is unmistakable. */
const Umask = z
  .string()
  .regex(/^0?[0-7]{1,3}$/, 'must be octal digits in quotes, as "022"')
  .transform((digits) => Number.parseInt(digits, 8));

const StdinWords = z.union([
  z.literal('none').transform(() => ({ kind: 'none' as const })),
  z.strictObject({ file: Text }).transform(({ file }) => ({ kind: 'file' as const, path: file })),
  z.strictObject({ text: z.string() }).transform(({ text }) => ({ kind: 'text' as const, text })),
]);

const words = {
  name: ProcessName,
  command: CommandLine,
  working_dir: Text.nullable().optional(),
  work_dir: z.literal('private').optional(),
  container: ContainerWords.optional(),
  env: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .transform((env) => Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])))
    .pipe(Env)
    .optional(),
  secrets: listOf(Text).optional(),
  env_file: listOf(Text).optional(),
  env_inherit: z.union([z.literal('all').transform(() => null), z.array(Text)]).optional(),
  user: z
    .union([Text, z.number().int().min(0).transform(String)])
    .nullable()
    .optional(),
  group: z
    .union([Text, z.number().int().min(0).transform(String)])
    .nullable()
    .optional(),
  umask: Umask.optional(),
  stdin: StdinWords.optional(),
  output: z.enum(['merged', 'split']).optional(),
  limits: Limits.optional(),
  restart_policy: z.enum(['always', 'on-failure', 'never']).optional(),
  max_restarts: z.number().optional(),
  restart_delay: Duration.optional(),
  restart_delay_max: Duration.optional(),
  restart_window: Duration.optional(),
  healthy_after: Duration.optional(),
  stop: Stop.optional(),
  stop_timeout: Duration.optional(),
  ready: Ready.nullable().optional(),
  alive: listOf(Alive).optional(),
  depends_on: DependsOnWords.optional(),
  pid_file: Text.nullable().optional(),
  health_check_url: Text.nullable().optional(),
  worker_type: Text.optional(),
  auto_start: z.boolean().optional(),
};

export const PROCESS_KEYS: readonly string[] = Object.keys(words);

type Words = z.output<z.ZodObject<typeof words, z.core.$strict>>;

/** @throws ZodError in the words of the specification, where people's words alone could not see the mistake */
function specOf(written: Words): ProcessSpec {
  const { limits = {}, stop = {} } = written;
  return ProcessSpec.parse(
    given({
      name: written.name,
      command: written.command,
      workingDir: written.working_dir,
      workDir: written.work_dir,
      container: written.container,
      env: written.env,
      secrets: written.secrets,
      envFiles: written.env_file,
      envInherit: written.env_inherit,
      user: written.user,
      group: written.group,
      umask: written.umask,
      stdin: written.stdin,
      output: written.output,
      limits: given({
        memoryBytes: limits.memory,
        cpuCores: limits.cpu,
        pids: limits.pids,
        openFiles: limits.open_files,
        nice: limits.nice,
        oomScore: limits.oom_score,
      }),
      restart: given({
        when: written.restart_policy,
        maxRestarts: written.max_restarts,
        delayMs: written.restart_delay,
        delayMaxMs: written.restart_delay_max,
        windowMs: written.restart_window,
        healthyAfterMs: written.healthy_after,
      }),
      stop: given({
        signal: stop.signal,
        graceMs: stop.grace ?? written.stop_timeout,
        then: stop.then?.map(({ signal, grace }) => ({ signal, graceMs: grace })),
      }),
      ready: written.ready,
      alive: written.alive,
      dependsOn: written.depends_on,
      pidFile: written.pid_file,
      healthCheck: written.health_check_url == null ? written.health_check_url : { url: written.health_check_url },
      type: written.worker_type,
      autoStart: written.auto_start,
    }),
  );
}

/** Inside a schema: the specification's own refusals become refusals of the words. */
function specIn(written: Words, context: z.RefinementCtx): ProcessSpec {
  try {
    return specOf(written);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    for (const { path, message } of error.issues) context.addIssue({ code: 'custom', path: path.map(snake), message });
    return z.NEVER;
  }
}

/** One process of a launcher's own file. */
export const ProcessDocument = z.strictObject(words).superRefine(valuesMeant).transform(specIn);

/** What is shown in place of a secret keeps the value that the manager has, and means nothing in a file of its own. */
function valuesMeant({ env = {}, secrets = [] }: Words, context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(env))
    if (isSecret(name, secrets) && (value === MASK || isSealed(value)))
      context.addIssue({ code: 'custom', path: ['env', name], message: 'must be the value itself' });
}

/** Where an applied process goes: to a worker by its id, or to one whose labels match (all keys, globs on values). */
const place = { worker: WorkerId.optional(), match: z.record(z.string(), z.string()).optional() };
export const PlacedProcess = z
  .strictObject({ ...words, ...place })
  .transform(({ worker, match, ...written }, context) => {
    if ((worker === undefined) === (match === undefined)) {
      context.addIssue({ code: 'custom', message: 'must have either worker (an id) or match (labels)' });
      return z.NEVER;
    }
    // Who applies a document wants it to run; a launcher's own file says so itself.
    const spec = specIn({ auto_start: true, ...written }, context);
    return { worker: worker ?? null, match: match ?? null, spec };
  });
export type PlacedProcess = z.output<typeof PlacedProcess>;

/** What `procguard apply -f` reads. Processes that leave the document leave their workers: `set` is what it is known by. */
export const SetDocument = z.strictObject({ set: ProcessName.transform(String), processes: z.array(PlacedProcess) });
export type SetDocument = z.output<typeof SetDocument>;

const snake = (key: PropertyKey): PropertyKey =>
  typeof key === 'string' ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
