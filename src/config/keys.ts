/**
 * Every key of the configuration file under the name that people write (seed 002, and ours beside them), with its
 * default. The meaning of each is told in manager-config.ts, where it gets its unit.
 *
 * A key that is not here is refused. That is the reason for a table: a mistyped `heartbeat_timout` that is quietly
 * ignored costs a night.
 */
import { z } from 'zod';
import { WorkerId } from '../../protocol/ids';
import { LimitScope } from '../../protocol/jobs-http';
import { LIMITS } from '../../protocol/limits';
import { age, httpUrl, level, logFormat, number, oneOf, seconds, share, size, text, whole, yesNo } from './fields';

export const DEFAULT_LOG_FORMAT = '%(asctime)s - %(name)s - %(levelname)s - %(message)s';

const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'must be a mapping' });

const logging = section({
  level: level().default('INFO'),
  file: text('the path of a file').nullable().default(null),
  format: logFormat().default(DEFAULT_LOG_FORMAT),
  max_size_mb: whole(1, 100_000).default(20),
  backups: whole(0, 1000).default(5),
});

const state = section({
  data_dir: text('the path of a directory').default('data'),
  /** Null until the whole is known: then `procguard_state.yaml` in the data directory. */
  state_file: text('the path of a file').nullable().default(null),
  auto_save: yesNo().default(true),
  save_interval: seconds({ above: 0 }).default(1),
});

const GIB = 2 ** 30;
const DAY = 86_400;
const logs = section({
  retain_runs: whole(1, 100_000).default(LIMITS.runsKeptPerProcess),
  retain_bytes_per_process: size(2 ** 20).default(2 * GIB),
  retain_bytes_per_worker: size(2 ** 20).default(20 * GIB),
  retain_age: age().default(30 * DAY),
  retain_removed_age: age().default(7 * DAY),
  /** Null until the disk is known: 2 % of it, at most 512 MiB. */
  reserve: size(0).nullable().default(null),
  segment_size: size(2 ** 20).default(64 * 2 ** 20),
  compress: yesNo().default(true),
});

const audit = section({
  retain_age: age().default(90 * DAY),
  retain_entries: whole(1_000, 1_000_000_000).default(LIMITS.auditEntriesKept),
});

/** Both or neither: half a pair would be a link that looks encrypted. */
const curve = section({
  public_key_file: text('the path of a file').nullable().default(null),
  secret_key_file: text('the path of a file').nullable().default(null),
}).refine(({ public_key_file: known, secret_key_file: secret }) => (known === null) === (secret === null), {
  error: 'must have both public_key_file and secret_key_file (procguard keygen writes them), or neither',
});
const communication = section({
  adapter_type: oneOf(['mock', 'zmq']).default('mock'),
  adapter_config: section({
    host: text('a host name or address').default('127.0.0.1'),
    /** Output is at the next one. */
    port_base: whole(1, 65_534).default(5550),
    timeout: number(1).default(1000),
    curve: curve.prefault({}),
  }).prefault({}),
});

const notBoth = 'must have below smaller than above';
const threshold = z.preprocess(
  (value) => (typeof value === 'number' ? { below: value } : value),
  z
    .strictObject(
      {
        below: number(0).nullable().default(null),
        above: number(0).nullable().default(null),
        for: seconds({ from: 0 }).nullable().default(null),
        action: oneOf(['warn', 'restart']).default('warn'),
      },
      { error: 'must be a number, or a mapping of below, above, for and action' },
    )
    .refine(({ below, above }) => below === null || above === null || below < above, { error: notBoth }),
);
const monitoring = section({
  interval: seconds({ above: 0 }).default(1),
  heartbeat_timeout: seconds({ above: 0 }).default(10),
  zombie_detection: yesNo().default(true),
  cpu_threshold: threshold.prefault(0.1),
  memory_threshold: threshold.prefault(0.1),
  idle_after: seconds({ from: 0 }).default(60),
  crash_loop_share: share().default(0.5),
});

const recovery = section({
  enable_auto_recovery: yesNo().default(true),
  stop_all_on_failure: yesNo().default(false),
  task_reassignment: yesNo().default(false),
  recovery_timeout: seconds({ above: 0 }).default(60),
  max_recovery_attempts: whole(0, 1_000_000).default(3),
  brake: section({
    failures: whole(2, 1_000_000).default(5),
    share: share().default(0.33),
    window: seconds({ above: 0 }).default(30),
    hold: seconds({ above: 0 }).default(60),
    release_at_once: whole(1, 1_000_000).default(3),
  }).prefault({}),
});

/** In the words of PUT /api/jobs/limits: how many jobs of each scope may run at once. */
const jobLimits = z
  .record(z.string(), whole(0, 1_000_000_000), { error: 'must be a mapping of scopes to numbers of jobs' })
  .superRefine((limits, context) => {
    for (const scope of Object.keys(limits))
      if (!LimitScope.safeParse(scope).success)
        context.addIssue({
          code: 'custom',
          path: [scope],
          message: 'is no scope; it must be all, user:NAME, queue:NAME or label:KEY=VALUE, and * stands for each one',
          input: limits,
        });
  });

const jobs = section({
  templates_dir: text('the path of a directory').default('configs/jobs'),
  stream_timeout: seconds({ above: 0 }).default(120),
  starvation_after: age().default(3600),
  fair_share_by: text('user, or a label of jobs').default('user'),
  gpu_idle: size(0).default(512 * 2 ** 20),
  limits: jobLimits.default({}),
  kept: whole(1, 1_000_000).default(10_000),
  kept_age: age().default(7 * DAY),
  kept_failed: whole(1, 1_000_000).default(10_000),
  kept_failed_age: age().default(30 * DAY),
});

/** Both or neither; and files that are there are meant to be used. */
const tls = section({
  /** Null = when there are files. */
  enabled: yesNo().nullable().default(null),
  key_file: text('the path of a file').nullable().default(null),
  cert_file: text('the path of a file').nullable().default(null),
  client_ca_file: text('the path of a file').nullable().default(null),
  client_cert: oneOf(['optional', 'required']).default('required'),
  min_version: z
    .preprocess((version) => (typeof version === 'number' ? String(version) : version), oneOf(['1.2', '1.3']))
    .default('1.2'),
})
  .refine(({ key_file: key, cert_file: cert }) => (key === null) === (cert === null), {
    error: 'must have both key_file and cert_file, or neither: then the manager makes its own',
  })
  .refine(({ enabled, client_ca_file: clients, key_file: key }) => clients === null || (enabled ?? key !== null), {
    path: ['enabled'],
    error: 'must be true where client_ca_file is given: without TLS nobody can show a certificate',
  });

const ports = z.array(whole(1, 65_535), { error: 'must be a list of ports' });
const web = section({
  enabled: yesNo().default(true),
  host: text('a host name or address').default('0.0.0.0'),
  port: whole(0, 65_535).default(5000),
  also_listen: ports.default([]),
  allowed_hosts: z.array(text('a host name'), { error: 'must be a list of host names' }).default([]),
  public_url: httpUrl().nullable().default(null),
  tls: tls.prefault({}),
  auth: oneOf(['required', 'none']).default('required'),
  session_hours: number(0.1).default(168),
  trusted_proxies: z.array(text('an address'), { error: 'must be a list of addresses' }).default([]),
}).refine(({ port, also_listen: further }) => new Set([port, ...further]).size === 1 + further.length, {
  path: ['also_listen'],
  error: 'must have each port once, and not the one of web.port',
});

const security = section({
  secret_names: z.array(text('a glob over names of variables'), { error: 'must be a list of globs' }).default([]),
});

/** Known by name and not yet there: `enabled: true` is refused, and what is beside it is let be. */
const later = (what: string) =>
  z.looseObject({ enabled: yesNo().default(false) }, { error: 'must be a mapping' }).refine(({ enabled }) => !enabled, {
    path: ['enabled'],
    error: `must be false; ${what} is not part of this version`,
  });

const commandWords = 'must be a command line, or a list of the program and its arguments';
const command = z.union([text(), z.array(z.string()).min(1, { error: commandWords })], { error: commandWords });
const envMap = z
  .record(z.string(), z.string({ error: 'must be text' }), { error: 'must be a mapping of names to values' })
  .refine((env) => Object.keys(env).every((name) => /^[^=\0]+$/.test(name)), {
    error: 'must have names without = and without NUL',
  });
const labels = z.record(
  z.string(),
  z
    .string({ error: 'must be text' })
    .max(LIMITS.nameCharsMax, { error: `must be at most ${LIMITS.nameCharsMax} characters` }),
  { error: 'must be a mapping of names to values' },
);

const worker = z.strictObject(
  {
    worker_id: z.string({ error: 'must be text' }).refine((id) => WorkerId.safeParse(id).success, {
      error: `must be 1 to ${LIMITS.nameCharsMax} of letters, digits and _ . : @ -, beginning with a letter, a digit or _`,
    }),
    command,
    working_dir: text('the path of a directory').nullable().default(null),
    env: envMap.default({}),
    secrets: z.array(text('the name of a variable'), { error: 'must be a list of names' }).default([]),
    max_restarts: whole(0, 1_000_000).default(3),
    restart_delay: seconds({ from: 0 }).default(5),
    restart_policy: oneOf(['always', 'on-failure', 'never']).default('on-failure'),
    stop_timeout: seconds({ from: 0 }).default(10),
    pid_file: text('the path of a file').nullable().default(null),
    worker_type: text('a word').default('default'),
    health_check_url: httpUrl().nullable().default(null),
    auto_start: yesNo().default(true),
    labels: labels.default({}),
  },
  { error: 'must be a mapping with worker_id and command' },
);

/** One launcher runs them all: two of one name cannot be, and its labels cannot say two things. */
const workers = z.array(worker, { error: 'must be a list' }).superRefine((list, context) => {
  const ids = new Map<string, number>();
  const labelsSeen = new Map<string, { readonly value: string; readonly by: number }>();
  list.forEach((entry, i) => {
    const refuse = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path: [i, ...path], message, input: list });
    const twin = ids.get(entry.worker_id);
    if (twin === undefined) ids.set(entry.worker_id, i);
    else refuse(['worker_id'], `must be another name than workers[${twin}].worker_id`);
    for (const [name, value] of Object.entries(entry.labels)) {
      const other = labelsSeen.get(name);
      if (other === undefined) labelsSeen.set(name, { value, by: i });
      else if (other.value !== value)
        refuse(
          ['labels', name],
          `must be ${JSON.stringify(other.value)} as in workers[${other.by}]; all entries are labels of the one local worker`,
        );
    }
  });
});

export const ConfigKeys = section({
  logging: logging.prefault({}),
  state: state.prefault({}),
  logs: logs.prefault({}),
  audit: audit.prefault({}),
  communication: communication.prefault({}),
  monitoring: monitoring.prefault({}),
  recovery: recovery.prefault({}),
  web: web.prefault({}),
  security: security.prefault({}),
  jobs: jobs.prefault({}),
  workers: workers.default([]),
  slurm: later('Slurm').prefault({}),
  pytorch_dist: later('the distributed PyTorch section').prefault({}),
});
/** As people write it, with every default filled in. */
export type ConfigKeys = z.infer<typeof ConfigKeys>;
