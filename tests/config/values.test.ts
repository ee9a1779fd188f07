import yaml from 'js-yaml';
import { getConfig, listLocalProcesses, showEffectiveConfig } from '../../src/config/commands';
import { environmentWarnings, variableOf } from '../../src/config/environment';
import { keyText, LEAVES } from '../../src/config/key-table';
import { ConfigKeys } from '../../src/config/keys';
import { loadConfig } from '../../src/config/load';
import { dashboardUrl, localLabels, localUrl } from '../../src/config/local-processes';
import { sourceText } from '../../src/config/source';
import { ProcessSpec } from '../../protocol/process-spec';
import { fileWith, load, type Given } from './config-file';

const NO_FILE = loadConfig({ file: null });

/** A value other than the default for every key: as written, and as it arrives. */
const OTHER: Record<string, unknown> = {
  'logging.level': 'DEBUG',
  'logging.file': 'x.log',
  'logging.format': 'json',
  'logging.max_size_mb': 7,
  'logging.backups': 1,
  'state.data_dir': 'elsewhere',
  'state.state_file': 'elsewhere.yaml',
  'state.auto_save': false,
  'state.save_interval': 0.5,
  'logs.retain_runs': 3,
  'logs.retain_bytes_per_process': 2 ** 21,
  'logs.retain_bytes_per_worker': 2 ** 22,
  'logs.retain_age': 3600,
  'logs.retain_removed_age': 60,
  'logs.reserve': 4096,
  'logs.segment_size': 2 ** 20,
  'logs.compress': false,
  'audit.retain_age': 86_400,
  'audit.retain_entries': 5000,
  'communication.adapter_type': 'zmq',
  'communication.adapter_config.host': '10.0.0.1',
  'communication.adapter_config.port_base': 6000,
  'communication.adapter_config.timeout': 50,
  'monitoring.interval': 0.25,
  'monitoring.heartbeat_timeout': 2.5,
  'monitoring.zombie_detection': false,
  'monitoring.cpu_threshold': { below: null, above: 3, for: 5, action: 'restart' },
  'monitoring.memory_threshold': { below: 0.01, above: 0.9, for: null, action: 'warn' },
  'monitoring.idle_after': 5,
  'monitoring.crash_loop_share': 0.8,
  'recovery.enable_auto_recovery': false,
  'recovery.stop_all_on_failure': true,
  'recovery.task_reassignment': true,
  'recovery.recovery_timeout': 12,
  'recovery.max_recovery_attempts': 0,
  'recovery.brake.failures': 9,
  'recovery.brake.share': 1,
  'recovery.brake.window': 4,
  'recovery.brake.hold': 0.5,
  'recovery.brake.release_at_once': 1,
  'web.enabled': false,
  'web.host': '::1',
  'web.port': 0,
  'web.also_listen': [8080, 8001],
  'web.allowed_hosts': ['a.example', 'b'],
  'web.public_url': 'https://guard.example/',
  'web.auth': 'none',
  'web.session_hours': 12,
  'web.trusted_proxies': ['10.0.0.1'],
  'web.tls.enabled': true,
  'jobs.templates_dir': '/etc/jobs',
  'jobs.stream_timeout': 300,
  'jobs.starvation_after': 600,
  'jobs.fair_share_by': 'team',
  'jobs.gpu_idle': 2 ** 30,
  'jobs.limits': { all: 40, 'user:*': 4, 'label:team=nlp': 0 },
  'jobs.kept': 50,
  'jobs.kept_age': 3600,
  'jobs.kept_failed': 70,
  'jobs.kept_failed_age': 7200,
  'security.secret_names': ['*_DSN'],
  workers: [{ worker_id: 'w', command: ['sh', '-c', 'true'] }],
};
/** A pair: accepted together only (refusals.test.ts). */
const CURVE = ['public_key_file', 'secret_key_file'].map((key) => `communication.adapter_config.curve.${key}`);
/** Mean something beside `web.tls.enabled` only (tests/trust/tls). */
const TLS = ['key_file', 'cert_file', 'client_ca_file', 'client_cert', 'min_version'].map((key) => `web.tls.${key}`);
/** These have one value that is accepted. */
const FIXED = new Set([...CURVE, ...TLS, 'slurm.enabled', 'pytorch_dist.enabled']);
const others = LEAVES.map((path): [string, (typeof LEAVES)[number]] => [keyText(path), path]).filter(
  ([key]) => !FIXED.has(key),
);

const valueAt = (keys: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], keys);
const nested = (path: readonly (string | number)[], value: unknown): unknown =>
  path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);

/** An entry of `workers` arrives with its own defaults. */
const arriving = (key: string): unknown =>
  key === 'workers' ? [expect.objectContaining({ worker_id: 'w' })] : OTHER[key];

test('this table has every key', () => {
  expect(Object.keys(OTHER).sort()).toEqual(others.map(([key]) => key).sort());
});

test.each(others)('%s from the file, with its source', (key, path) => {
  const { keys, sources, config } = load(yaml.dump(nested(path, OTHER[key])));
  expect(valueAt(keys, path)).toEqual(arriving(key));
  expect(sources.get(key)).toMatchObject({ kind: 'file' });
  expect(config).not.toEqual(NO_FILE.config);
});

test.each(others)('%s from the environment wins over the file', (key, path) => {
  const variable = variableOf(path);
  const text = typeof OTHER[key] === 'string' ? OTHER[key] : JSON.stringify(OTHER[key]);
  const before = yaml.dump(nested(path, valueAt(NO_FILE.keys, path)));
  const { keys, sources, warnings } = load(before, { env: { [variable]: text } });
  expect(valueAt(keys, path)).toEqual(arriving(key));
  expect(sources.get(key)).toEqual({ kind: 'env', variable });
  expect(warnings).toEqual([]);
});

test('flags win over the environment, that over the file, that over the default', () => {
  const file = 'web: {port: 1, host: f}\nlogging: {level: ERROR}\n';
  const env = { PROCGUARD_WEB_PORT: '2', PROCGUARD_WEB_HOST: 'e', PROCGUARD_STATE_DATA_DIR: '2026' };
  const { config, sources } = load(file, { env, flags: { port: '3', logLevel: undefined } });
  expect([config.web.port, config.web.host, config.logging.level, config.recovery.maxRecoveryAttempts]).toEqual([
    3,
    'e',
    'ERROR',
    3,
  ]);
  expect(config.state).toMatchObject({ dataDir: '2026', stateFile: '2026/procguard_state.yaml' });
  const said = ['web.port', 'web.host', 'logging.level', 'recovery.max_recovery_attempts'].map((key) =>
    sourceText(sources.get(key) ?? { kind: 'default' }).replace(/.*\.yaml/, 'FILE'),
  );
  expect(said).toEqual(['--port', 'PROCGUARD_WEB_HOST', 'FILE:2', 'default']);
});

test('a snapshot inside the data directory goes with it when a flag or a variable names another one; elsewhere it stays', () => {
  const stateFileOf = (yaml: string, given: Given) => load(yaml, given).config.state.stateFile;
  const flags = { dataDir: '/x/f2' };
  const sample = 'state: {state_file: data/procguard_state.yaml}';
  expect(stateFileOf(sample, {})).toBe('data/procguard_state.yaml');
  expect(stateFileOf(sample, { flags })).toBe('/x/f2/procguard_state.yaml');
  expect(stateFileOf(sample, { env: { PROCGUARD_STATE_DATA_DIR: 'y' }, flags })).toBe('/x/f2/procguard_state.yaml');
  expect(stateFileOf(sample, { env: { PROCGUARD_STATE_DATA_DIR: 'y' } })).toBe('y/procguard_state.yaml');
  expect(stateFileOf('state: {data_dir: /x/f1, state_file: /x/f1/a/s.json}', { flags })).toBe('/x/f2/a/s.json');
  for (const other of ['/srv/s.yaml', 'data.yaml', '../data/s.yaml'])
    expect(stateFileOf(`state: {state_file: ${other}}`, { flags })).toBe(other);
  const named = { PROCGUARD_STATE_STATE_FILE: 'data/mine.yaml' };
  expect(stateFileOf(sample, { env: named, flags })).toBe('data/mine.yaml');
  const { sources, keys } = load(sample, { flags });
  expect(keys.state.state_file).toBe('/x/f2/procguard_state.yaml');
  expect(sourceText(sources.get('state.state_file') ?? { kind: 'default' })).toBe('--data-dir');
});

test('all four flags', () => {
  const flags = { host: '127.0.0.1', port: 0, dataDir: 'd', logLevel: 'warn' };
  const { config } = loadConfig({ file: null, flags });
  expect([config.web.host, config.web.port, config.state.dataDir, config.logging.level]).toEqual([
    '127.0.0.1',
    0,
    'd',
    'WARNING',
  ]);
});

test('no file, an empty file and empty sections are all defaults', () => {
  for (const text of ['', '# nothing\n', 'web:\nlogging:\n  # level: DEBUG\ncommunication:\n  adapter_config:\n'])
    expect(load(text).config).toEqual(NO_FILE.config);
  expect(NO_FILE.keys).toEqual(ConfigKeys.parse({}));
});

test('an empty variable counts as not set', () => {
  expect(load('web: {port: 1}', { env: { PROCGUARD_WEB_PORT: '' } }).config.web.port).toBe(1);
});

test('variables that were meant for a key are warned about, other programs’ are not', () => {
  const env = {
    PROCGUARD_WEB_PROT: '1',
    PROCGUARD_WBE_PORT: '1',
    PROCGUARD_PORT: '1',
    PROCGUARD_MONITORING_HEARTBEAT_TIMOUT: '1',
    PROCGUARD_URL: 'http://x',
    PROCGUARD_TEST_CHROMIUM: '1',
    PROCGUARD_WORKER_ID: 'w',
    PROCGUARD_RUN_ID: 'r',
    PROCGUARD_PROCESS: 'p',
    PROCGUARD_WEB_PORT: '1',
    WEB_PORT: '1',
  };
  expect(environmentWarnings(env)).toEqual([
    'PROCGUARD_MONITORING_HEARTBEAT_TIMOUT in the environment names no configuration key and is ignored; did you mean PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT (monitoring.heartbeat_timeout)?',
    'PROCGUARD_PORT in the environment names no configuration key and is ignored; did you mean PROCGUARD_WEB_PORT (web.port)?',
    'PROCGUARD_WBE_PORT in the environment names no configuration key and is ignored; did you mean PROCGUARD_WEB_PORT (web.port)?',
    'PROCGUARD_WEB_PROT in the environment names no configuration key and is ignored; did you mean PROCGUARD_WEB_PORT (web.port)?',
  ]);
});

test('a plain number is the lower bound of a threshold, held for idle_after', () => {
  const { monitoring } = load(
    'monitoring: {cpu_threshold: 0.2, memory_threshold: {above: 0.9, for: 3}, idle_after: 7}',
  ).config;
  expect(monitoring.cpu).toEqual({ below: 0.2, above: null, forMs: 7000, action: 'warn' });
  expect(monitoring.memory).toEqual({ below: null, above: 0.9, forMs: 3000, action: 'warn' });
});

test('sections that come not yet may stand there switched off, with whatever they hold', () => {
  expect(load('slurm: {enabled: false, gpu_count_per_node: 4}\npytorch_dist: {backend: nccl}\n').config).toEqual(
    NO_FILE.config,
  );
});

const WORKERS = `
workers:
  - worker_id: train
    command: python train.py --epochs 100
    working_dir: jobs/a
    env: {LR: 1e-3, FAST: true, API_TOKEN: hush, NAME: x}
    max_restarts: 5
    restart_delay: 0.5
    stop_timeout: 3
    pid_file: train.pid
    worker_type: gpu
    health_check_url: http://127.0.0.1:8080/ok
    labels: {zone: north}
  - {worker_id: plain, command: [sleep, "5"], auto_start: false, restart_policy: never, labels: {rack: 7}}
`;

test('workers[] become the local launcher’s processes', () => {
  const { exitCode, stdout } = listLocalProcesses({ file: fileWith(WORKERS) }, '/base');
  const specs = ProcessSpec.array().parse(JSON.parse(stdout));
  expect(exitCode).toBe(0);
  expect(specs).toMatchObject([
    {
      name: 'train',
      command: 'python train.py --epochs 100',
      workingDir: '/base/jobs/a',
      env: { LR: '1e-3', FAST: 'true', API_TOKEN: 'hush', NAME: 'x' },
      restart: { when: 'on-failure', delayMs: 500, maxRestarts: 5 },
      stop: { signal: 'SIGTERM', graceMs: 3000 },
      pidFile: '/base/train.pid',
      healthCheck: { url: 'http://127.0.0.1:8080/ok' },
      type: 'gpu',
      autoStart: true,
    },
    {
      name: 'plain',
      command: ['sleep', '5'],
      workingDir: null,
      restart: { when: 'never', delayMs: 5000, maxRestarts: 3 },
      stop: { graceMs: 10_000 },
      pidFile: null,
      healthCheck: null,
      autoStart: false,
    },
  ]);
  expect(localLabels(load(WORKERS).config.workers)).toBe('zone=north,rack=7');
});

test('the effective configuration is YAML that gives itself again, without secrets', () => {
  const shown = showEffectiveConfig({ file: fileWith(WORKERS), flags: { port: '0' } }).stdout;
  expect(shown).toContain('\nweb:\n  enabled: true  # default\n');
  expect(shown).toContain('  port: 0  # --port\n');
  expect(shown).toMatch(/\nworkers: {2}# .*x\.yaml:2\n/);
  expect(shown).not.toContain('hush');
  const again = load(shown.replace("'********'", 'hush'));
  expect(again.config).toEqual(load(WORKERS, { flags: { port: 0 } }).config);
});

test('the effective configuration as JSON: values and sources by key, without secrets', () => {
  const { stdout } = showEffectiveConfig({ file: fileWith(WORKERS), flags: { port: '0' } }, 'json');
  const shown = JSON.parse(stdout) as Record<string, { value: unknown; source: string }>;
  expect(shown['web.port']).toEqual({ value: 0, source: '--port' });
  expect(shown['web.enabled']).toEqual({ value: true, source: 'default' });
  expect(shown['workers']?.source).toMatch(/x\.yaml:2$/);
  expect(stdout).not.toContain('hush');
});

test('single values for scripts', () => {
  const get = (...names: string[]) => getConfig({ file: null, flags: { port: '81' } }, names);
  expect(
    get('web.port', 'logging.file', 'state.state_file', 'local.url', 'local.dashboard', 'local.workers').stdout,
  ).toBe('81\n\ndata/procguard_state.yaml\nhttp://127.0.0.1:81\nhttp://localhost:81/\n0\n');
  expect(get('web.prot')).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'web.prot is not a known key; did you mean web.port?\n',
  });
});

test.each([
  ['0.0.0.0', 'http://127.0.0.1:5', 'http://localhost:5/'],
  ['::', 'http://127.0.0.1:5', 'http://localhost:5/'],
  ['10.1.2.3', 'http://10.1.2.3:5', 'http://10.1.2.3:5/'],
  ['fe80::1', 'http://[fe80::1]:5', 'http://[fe80::1]:5/'],
])('a manager that listens on %s is reached at %s', (host, url, dashboard) => {
  const web = { ...NO_FILE.config.web, host, port: 5 };
  expect([localUrl(web), dashboardUrl(web)]).toEqual([url, dashboard]);
});
