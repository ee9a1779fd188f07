import { checkConfig } from '../../src/config/commands';
import { refusal, refusals } from './config-file';

/** One wrong line each, and the whole sentence that answers it. */
test.each([
  [
    'monitoring:\n  heartbeat_timout: 3',
    'FILE:2: monitoring.heartbeat_timout is not a known key; did you mean heartbeat_timeout? (known: interval, heartbeat_timeout, zombie_detection, cpu_threshold, memory_threshold, idle_after, crash_loop_share)',
  ],
  [
    'moonlight: 1',
    'FILE:1: moonlight is not a known key (known: logging, state, logs, audit, communication, monitoring, recovery, web, security, jobs, workers, slurm, pytorch_dist)',
  ],
  ['web: 5000', 'FILE:1: web must be a mapping, not 5000'],
  ['- web', 'FILE:1: the file must be a mapping, not the list ["web"]'],
  ['web:\n  port: "5000"', 'FILE:2: web.port must be a whole number from 0 to 65535, not "5000"'],
  ['web:\n  port: 70000', 'FILE:2: web.port must be a whole number from 0 to 65535, not 70000'],
  ['web:\n  port:', 'FILE:2: web.port must be a whole number from 0 to 65535, not empty'],
  ['web: {also_listen: 8080}', 'FILE:1: web.also_listen must be a list of ports, not 8080'],
  ['web: {also_listen: [0]}', 'FILE:1: web.also_listen[0] must be a whole number from 1 to 65535, not 0'],
  ['web: {also_listen: [5000]}', 'FILE:1: web.also_listen must have each port once, and not the one of web.port'],
  ['web:\n  host: ""', 'FILE:2: web.host must be a host name or address, not ""'],
  ['web:\n  enabled: yes', 'FILE:2: web.enabled must be true or false, not "yes"'],
  ['web: {allowed_hosts: a}', 'FILE:1: web.allowed_hosts must be a list of host names, not "a"'],
  ['web: {allowed_hosts:\n    [a,\n     1]}', 'FILE:3: web.allowed_hosts[1] must be a host name, not 1'],
  [
    'jobs:\n  limits:\n    all: 4\n    worker:w1: 2',
    'FILE:4: jobs.limits.worker:w1 is no scope; it must be all, user:NAME, queue:NAME or label:KEY=VALUE, and * stands for each one',
  ],
  [
    'jobs:\n  limits:\n    user:*: many',
    'FILE:3: jobs.limits.user:* must be a whole number from 0 to 1000000000, not "many"',
  ],
  ['jobs: {limits: 4}', 'FILE:1: jobs.limits must be a mapping of scopes to numbers of jobs, not 4'],
  ['web: {public_url: host:80}', 'FILE:1: web.public_url must be a URL such as http://host:5000, not "host:80"'],
  [
    'logging: {level: inf}',
    'FILE:1: logging.level must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL (did you mean INFO?), not "inf"',
  ],
  ['logging: {level: 20}', 'FILE:1: logging.level must be a level name, not 20'],
  [
    'logging:\n  format: "%(levelnam)s"',
    'FILE:2: logging.format names an unknown field %(levelnam); did you mean levelname? (known: asctime, created, filename, funcName, levelname, levelno, lineno, message, module, msecs, name, pathname, process, processName, relativeCreated, thread, threadName)',
  ],
  ['logging: {max_size_mb: 0}', 'FILE:1: logging.max_size_mb must be a whole number from 1 to 100000, not 0'],
  ['state: {data_dir: null}', 'FILE:1: state.data_dir must be the path of a directory, not empty'],
  ['monitoring: {interval: 0}', 'FILE:1: monitoring.interval must be a number of seconds above 0, not 0'],
  ['monitoring: {interval: fast}', 'FILE:1: monitoring.interval must be a number of seconds above 0, not "fast"'],
  ['monitoring: {interval: .nan}', 'FILE:1: monitoring.interval must be a number of seconds above 0, not NaN'],
  ['monitoring: {interval: 3000000}', 'FILE:1: monitoring.interval must be at most 2000000 seconds, not 3000000'],
  ['monitoring: {idle_after: -1}', 'FILE:1: monitoring.idle_after must be a number of seconds of at least 0, not -1'],
  [
    'monitoring: {cpu_threshold: low}',
    'FILE:1: monitoring.cpu_threshold must be a number, or a mapping of below, above, for and action, not "low"',
  ],
  [
    'monitoring:\n  cpu_threshold:\n    belwo: 1',
    'FILE:3: monitoring.cpu_threshold.belwo is not a known key; did you mean below? (known: below, above, for, action)',
  ],
  [
    'monitoring: {memory_threshold: {action: kill}}',
    'FILE:1: monitoring.memory_threshold.action must be one of warn, restart, not "kill"',
  ],
  [
    'monitoring: {memory_threshold: {below: 2, above: 1}}',
    'FILE:1: monitoring.memory_threshold must have below smaller than above',
  ],
  [
    'recovery: {max_recovery_attempts: 1.5}',
    'FILE:1: recovery.max_recovery_attempts must be a whole number from 0 to 1000000, not 1.5',
  ],
  [
    'communication: {adapter_type: zmq, adapter_config: {curve: {secret_key_file: k}}}',
    'FILE:1: communication.adapter_config.curve must have both public_key_file and secret_key_file (procguard keygen writes them), or neither',
  ],
  [
    'communication: {adapter_type: mok}',
    'FILE:1: communication.adapter_type must be one of mock, zmq (did you mean mock?), not "mok"',
  ],
  [
    'communication: {adapter_config: {port_bas: 1}}',
    'FILE:1: communication.adapter_config.port_bas is not a known key; did you mean port_base? (known: host, port_base, timeout, curve)',
  ],
  ['slurm: {enabled: true}', 'FILE:1: slurm.enabled must be false, not true; Slurm is not part of this version'],
  [
    'pytorch_dist: {enabled: true}',
    'FILE:1: pytorch_dist.enabled must be false, not true; the distributed PyTorch section is not part of this version',
  ],
  ['workers: a', 'FILE:1: workers must be a list, not "a"'],
  ['workers:\n  - a', 'FILE:2: workers[0] must be a mapping with worker_id and command, not "a"'],
  ['workers:\n  - command: x', 'FILE:2: workers[0].worker_id is missing; it must be text'],
  [
    'workers:\n  - worker_id: a',
    'FILE:2: workers[0].command is missing; it must be a command line, or a list of the program and its arguments',
  ],
  [
    'workers:\n  - worker_id: a b\n    command: x',
    'FILE:2: workers[0].worker_id must be 1 to 128 of letters, digits and _ . : @ -, beginning with a letter, a digit or _, not "a b"',
  ],
  ['workers: [{worker_id: 7, command: x}]', 'FILE:1: workers[0].worker_id must be text, not 7'],
  [
    'workers: [{worker_id: a, command: []}]',
    'FILE:1: workers[0].command must be a command line, or a list of the program and its arguments, not the list []',
  ],
  [
    'workers:\n  - {worker_id: a, command: x}\n  - {worker_id: a, command: y}',
    'FILE:3: workers[1].worker_id must be another name than workers[0].worker_id, not "a"',
  ],
  [
    'workers:\n  - {worker_id: a, command: x, labels: {zone: n}}\n  - {worker_id: b, command: y, labels: {zone: s}}',
    'FILE:3: workers[1].labels.zone must be "n" as in workers[0], not "s"; all entries are labels of the one local worker',
  ],
  [
    'workers: [{worker_id: a, command: x, restart_policy: allways}]',
    'FILE:1: workers[0].restart_policy must be one of always, on-failure, never (did you mean always?), not "allways"',
  ],
  [
    'workers:\n  - worker_id: a\n    command: x\n    env:\n      A: [1]',
    'FILE:5: workers[0].env.A must be text, not the list [1]',
  ],
  [
    'workers: [{worker_id: a, command: x, env: {"A=": b}}]',
    'FILE:1: workers[0].env must have names without = and without NUL',
  ],
  ['web:\n  port: 1\n  port: 2', 'FILE:3: port is given twice; keep one'],
  ['web:\n  port: 1\n host: x', 'FILE:3: not valid YAML: bad indentation of a mapping entry'],
])('%j', (yaml, sentence) => expect(refusals(yaml)).toEqual([sentence]));

test('everything wrong is told at once, in the order of the file', () => {
  const yaml = 'web: {port: x}\nlogging: {level: LOUD}\nwbe: {}\nmonitoring: {intervall: 1, idle_after: x}\n';
  expect(refusals(yaml).map((sentence) => sentence.split(' ').slice(0, 2).join(' '))).toEqual([
    'FILE:1: web.port',
    'FILE:2: logging.level',
    'FILE:3: wbe',
    'FILE:4: monitoring.idle_after',
    'FILE:4: monitoring.intervall',
  ]);
});

test('the error carries place and key beside its sentence', () => {
  expect(refusal('\nweb:\n  port: x')).toMatchObject({
    line: 3,
    key: 'web.port',
    file: expect.stringMatching(/x\.yaml$/),
  });
});

test('a wrong flag or variable is named instead of a line of the file', () => {
  expect(refusals('web: {port: 1}', { flags: { port: '70000' } })).toEqual([
    '--port: web.port must be a whole number from 0 to 65535, not 70000',
  ]);
  expect(refusals('web: {port: 1}', { env: { PROCGUARD_WEB_PORT: 'many' } })).toEqual([
    'PROCGUARD_WEB_PORT: web.port must be a whole number from 0 to 65535, not "many"',
  ]);
  expect(refusals('', { env: { PROCGUARD_WORKERS: '[{worker_id: a}]' } })).toEqual([
    'PROCGUARD_WORKERS: workers[0].command is missing; it must be a command line, or a list of the program and its arguments',
  ]);
});

test('a missing file', () => {
  expect(checkConfig({ file: '/nonexistent/x.yaml' })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: '/nonexistent/x.yaml: cannot be read: there is no such file; name the configuration with --config FILE\n',
  });
});
