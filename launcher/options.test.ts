import { parseOptions, type LauncherOptions, type OwnFiles } from './options';
import { parseLauncherFile, parseWhereabouts } from './launcher-file';

const isNotRead = (file: string): never => {
  throw new Error(`${file} is not to be read`);
};
const NO_FILES = { worker: isNotRead, whereabouts: isNotRead, rules: isNotRead };
const filesOf = (text: string): OwnFiles => ({ ...NO_FILES, worker: (file) => parseLauncherFile(text, file) });

const options = (argv: string[], env: Record<string, string> = {}): LauncherOptions => {
  const parsed = parseOptions(argv, env, 'box7', NO_FILES);
  if (parsed.kind === 'exit') throw new Error(parsed.text);
  return parsed.options;
};
const refusal = (argv: string[], env: Record<string, string> = {}): string => {
  const parsed = parseOptions(argv, env, 'box7', NO_FILES);
  return parsed.kind === 'exit' && parsed.code === 2 ? parsed.text : '';
};

test('without anything: the host name, this machine, 5 s', () => {
  expect(options([])).toMatchObject({
    workerId: 'box7',
    managerUrl: 'http://localhost:5000',
    zmqServerKey: null,
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

test('the names of SimpleTuner stand for ours, key by key, and ours win', () => {
  const flags = ['--orchestrator-url', 'https://o:8001', '--worker-token', 'wt_1', '--name', 'gpu-1'];
  expect(options([...flags, '--persistent', '-v'])).toMatchObject({
    managerUrl: 'https://o:8001',
    token: 'wt_1',
    workerId: 'gpu-1',
    logLevel: 'debug',
  });
  const env = {
    SIMPLETUNER_ORCHESTRATOR_URL: 'http://o:8001',
    SIMPLETUNER_WORKER_TOKEN: 'wt_2',
    SIMPLETUNER_WORKER_NAME: 'gpu-2',
    SIMPLETUNER_WORKER_PERSISTENT: 'true',
  };
  expect(options(['--name', 'gpu-1'], env)).toMatchObject({
    managerUrl: 'http://o:8001',
    token: 'wt_2',
    workerId: 'gpu-1',
  });
  expect(options([], { ...env, WORKER_ID: 'w1', WORKER_TOKEN: 'wt_3' })).toMatchObject({
    workerId: 'w1',
    token: 'wt_3',
  });
  expect(refusal(['--orchestrator-url', 'o:8001'])).toContain('--orchestrator-url "o:8001" is not understood');
});

test('a worker that is started in the words of SimpleTuner leaves after a job unless it is to stay', () => {
  const isEphemeral = (argv: string[], env: Record<string, string> = {}) => options(argv, env).isEphemeral;
  const theirs = ['--orchestrator-url', 'http://o:8001'];
  expect(isEphemeral(theirs)).toBe(true);
  expect(isEphemeral([], { SIMPLETUNER_ORCHESTRATOR_URL: 'http://o:8001' })).toBe(true);
  expect(isEphemeral([...theirs, '--persistent'])).toBe(false);
  expect(isEphemeral(theirs, { SIMPLETUNER_WORKER_PERSISTENT: 'true' })).toBe(false);
  expect(isEphemeral([...theirs, '--manager-url', 'http://m:5000'])).toBe(false);
  expect(isEphemeral(theirs, { WORKER_EPHEMERAL: 'false' })).toBe(false);
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
  [['--manager-url', 'manager:5000'], '--manager-url "manager:5000" is not understood: must be a URL such as'],
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
  expect(parseOptions(['--help'], {}, 'h', NO_FILES)).toMatchObject({ kind: 'exit', code: 0 });
});

describe('a file', () => {
  const TEXT = `
worker_id: from-file
manager_url: http://file:1
heartbeat_interval: 250ms
labels: {gpu: 1e3}
auto_start: true
command: [python, train.py]
data_dir: state
`;
  const read = (argv: string[], env: Record<string, string> = {}): LauncherOptions => {
    const parsed = parseOptions(['--config', '/etc/w.yaml', ...argv], env, 'box7', filesOf(TEXT));
    if (parsed.kind === 'exit') throw new Error(parsed.text);
    return parsed.options;
  };

  test('says what flags and variables leave open; its directories are its own', () =>
    expect(read([])).toMatchObject({
      workerId: 'from-file',
      managerUrl: 'http://file:1',
      heartbeatIntervalMs: 250,
      labels: { gpu: '1e3' },
      autoStart: true,
      command: ['python', 'train.py'],
      workingDir: '/etc',
      dataDir: '/etc/state',
    }));

  test('flags and variables win, key by key', () =>
    expect(
      read(['--worker-id', 'f', '--labels', 'a=b', '--', 'sh'], { MANAGER_URL: 'http://env:1', AUTO_START: 'no' }),
    ).toMatchObject({
      workerId: 'f',
      managerUrl: 'http://env:1',
      heartbeatIntervalMs: 250,
      labels: { a: 'b' },
      autoStart: false,
      command: ['sh'],
    }));

  test('can be named by a variable', () => {
    const parsed = parseOptions([], { WORKER_CONFIG: 'x.yaml' }, 'h', filesOf(TEXT));
    expect(parsed).toMatchObject({ kind: 'options', options: { workerFile: { file: 'x.yaml' } } });
  });
});

describe('a file with a mistake', () => {
  const read = (argv: string[], text: string) =>
    parseOptions(['--config', '/etc/w.yaml', ...argv], {}, 'box7', {
      ...filesOf(text),
      whereabouts: (file) => parseWhereabouts(text, file),
    });
  const MISTAKEN = 'worker_id: boxed\ndata_dir: state\nca_fingerprint:\nslots: many\n';

  test.each([[['--stop-all']], [['--status']], [['--locate', '--leniently']]])(
    'still says whom %s is about, and what is wrong with it',
    (argv) =>
      expect(read(argv, MISTAKEN)).toMatchObject({
        kind: 'options',
        options: { workerId: 'boxed', dataDir: '/etc/state', slots: null },
        mistakes: expect.stringMatching(/w\.yaml:3:.*ca_fingerprint[^]*w\.yaml:4:.*slots/) as string,
      }),
  );

  test.each([[[]], [['--check']], [['--locate']]])('is refused by everything else: %s', (argv) =>
    expect(read(argv, MISTAKEN)).toMatchObject({ kind: 'exit', code: 2 }),
  );

  test.each(['data_dir: 7\n', 'data_dir: [\n'])('where it does not say it, the way out is told: %j', (text) =>
    expect(read(['--stop-all'], text)).toMatchObject({
      kind: 'exit',
      code: 2,
      text: expect.stringMatching(/w\.yaml:[^]*by --data-dir DIR/) as string,
    }),
  );
});
