import { OwnFileError } from './own-file';
import { parseLauncherFile } from './launcher-file';
import type { WorkerFile } from './worker-file';

const parse = (text: string): WorkerFile => parseLauncherFile(text, '/etc/pg/worker.yaml');
function refusals(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof OwnFileError)) throw error;
    return error.message.split('\n').map((line) => line.replace('/etc/pg/worker.yaml', 'w.yaml'));
  }
}

test('an empty file says nothing', () =>
  expect(parse('# nothing yet\n')).toMatchObject({ values: {}, labels: null, autoStart: null, processes: [] }));

test('flags under their names, durations with units, texts as they were written', () => {
  const { values, labels } = parse(`
worker_id: box
heartbeat_interval: 1.5s
restart_delay: 2
max_restarts: 0
log_level: WARNING
env: {LR: 1e-3, RANK: 0, DEBUG: yes}
labels: {rack: 07, gpu: true}
data_dir: state
`);
  expect(values).toEqual({
    'worker-id': 'box',
    'heartbeat-interval': 1500,
    'restart-delay': 2000,
    'max-restarts': 0,
    'log-level': 'warn',
    env: { LR: '1e-3', RANK: '0', DEBUG: 'yes' },
    'data-dir': '/etc/pg/state',
  });
  expect(labels).toEqual({ rack: '07', gpu: 'true' });
});

test('processes run beside the file and are wanted, unless they say else', () => {
  const { processes } = parse(`
processes:
  - {name: a, command: x, env: {LR: 1e-3}}
  - {name: b, command: x, working_dir: sub, auto_start: false}
  - {name: c, command: x, working_dir: /abs}
`);
  expect(processes).toMatchObject([
    { name: 'a', workingDir: '/etc/pg', autoStart: true, env: { LR: '1e-3' } },
    { name: 'b', workingDir: '/etc/pg/sub', autoStart: false },
    { name: 'c', workingDir: '/abs' },
  ]);
});

test.each([
  ['worker_di: x', 'w.yaml:1:1: worker_di is not a known key; did you mean worker_id?'],
  [
    'restart_policy: allways',
    'w.yaml:1:1: restart_policy: must be one of always, on-failure, never (given: "allways")',
  ],
  ['heartbeat_interval: 10ms', 'w.yaml:1:1: heartbeat_interval: must be at least 0.1 s'],
  ['worker_id: a b', 'w.yaml:1:1: worker_id may hold letters, digits'],
  ['labels: {a: [b]}', 'w.yaml:1:10: labels.a: must be text'],
  ['token: [x]', 'w.yaml:1:1: token must be text'],
  ['processes: {a: 1}', 'w.yaml:1:1: processes must be a list'],
  ['processes:\n  - name: a\n', 'w.yaml:2:5: processes[0].command is missing'],
  ['worker_id: a\nworker_id: b', 'w.yaml:2:1: worker_id is given twice; keep one'],
  ['a:\n\tb: 1', 'w.yaml:2:1: not valid YAML: a tab cannot indent; use spaces'],
])('%j', (text, sentence) => expect(refusals(text).join('\n')).toContain(sentence));

test('everything wrong at once, in the order of the file', () =>
  expect(refusals('lables: {}\nheartbeat_interval: soon\nprocesses:\n  - {name: a, comand: x}\n')).toEqual([
    'w.yaml:1:1: lables is not a known key; did you mean labels?',
    expect.stringContaining('w.yaml:2:1: heartbeat_interval: must be seconds'),
    expect.stringContaining('w.yaml:4:5: processes[0].command is missing'),
    'w.yaml:4:15: processes[0].comand is not a known key; did you mean command?',
  ]));

test('a name given twice', () =>
  expect(refusals('processes:\n  - {name: a, command: x}\n  - command: y\n    name: a\n')).toEqual([
    'w.yaml:4:5: the name a is given twice, first in line 2; give each process its own',
  ]));

test('a circle is printed, also one that goes by the worker’s own name', () => {
  const circle = `
worker_id: w
processes:
  - {name: a, command: x}
  - name: b
    command: x
    depends_on: {c: ready}
  - {name: c, command: x, depends_on: [w/d]}
  - {name: d, command: x, depends_on: [b]}
`;
  expect(refusals(circle)).toEqual([
    'w.yaml:7:5: depends_on goes round in a circle: b -> c -> d -> b; nothing in it could ever start',
  ]);
});
