import { parseOptions, type LauncherOptions } from './options';

const options = (argv: string[], env: Record<string, string> = {}): LauncherOptions => {
  const parsed = parseOptions(argv, env, 'box7');
  if (parsed.kind === 'exit') throw new Error(parsed.text);
  return parsed.options;
};
const refusal = (argv: string[], env: Record<string, string> = {}): string => {
  const parsed = parseOptions(argv, env, 'box7');
  return parsed.kind === 'exit' && parsed.code === 2 ? parsed.text : '';
};

test('without anything: the host name, this machine, 5 s', () => {
  expect(options([])).toMatchObject({
    workerId: 'box7',
    managerUrl: 'http://localhost:5000',
    heartbeatIntervalMs: 5000,
    command: null,
    autoStart: false,
    dataDir: 'data/workers/box7',
    kind: 'remote',
    mode: 'run',
    logLevel: 'info',
  });
});

test('flags win over the environment, key by key', () => {
  const env = {
    WORKER_ID: 'e',
    MANAGER_URL: 'http://m:1',
    COMMAND: 'python a.py',
    AUTO_START: 'true',
    WORKER_LABELS: 'a=1',
  };
  expect(options(['--worker-id', 'f'], env)).toMatchObject({
    workerId: 'f',
    managerUrl: 'http://m:1',
    command: 'python a.py',
    autoStart: true,
    labels: { a: '1' },
  });
});

test('words after -- are an array command', () => {
  expect(options(['--worker-id', 'w', '--', 'python', '-c', 'print("a b")']).command).toEqual([
    'python',
    '-c',
    'print("a b")',
  ]);
});

test('labels, repeated or with commas; env as JSON; seconds', () => {
  const parsed = options([
    '--labels',
    'gpu=a100,zone=b',
    '--labels',
    'x=',
    '--env',
    '{"RANK": 0, "A": "b"}',
    '--stop-timeout',
    '2.5',
  ]);
  expect(parsed.labels).toEqual({ gpu: 'a100', zone: 'b', x: '' });
  expect(parsed.env).toEqual({ RANK: '0', A: 'b' });
  expect(parsed.stopTimeoutMs).toBe(2500);
});

test.each([
  [['--worker-id', 'a b'], '--worker-id "a b" is not understood: worker_id may hold'],
  [['--manager-url', 'manager:5000'], '--manager-url is a URL such as'],
  [['--env', '{oops'], '--env "{oops" is not understood'],
  [['--labels', 'gpu'], 'the label "gpu" is not of the form key=value'],
  [['--restart-policy', 'allways'], 'did you mean always?'],
  [['--commandd', 'x'], 'unknown option'],
  [['--command', 'x', '--', 'y'], 'given twice'],
  [['--heartbeat-interval', '0'], 'at least 0.1 s'],
])('%j is refused with a sentence', (argv, sentence) => expect(refusal(argv)).toContain(sentence));

test('a mistake in a variable names the variable', () => {
  expect(refusal([], { HEARTBEAT_INTERVAL: 'often' })).toContain('HEARTBEAT_INTERVAL "often" is not understood');
});

test('--help is no mistake', () => {
  expect(parseOptions(['--help'], {}, 'h')).toMatchObject({ kind: 'exit', code: 0 });
});
