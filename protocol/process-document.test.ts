import { ProcessDocument, SetDocument } from './process-document';

const parse = (words: object) => ProcessDocument.safeParse({ name: 'web', command: 'serve', ...words });
const refusals = (words: object): string[] =>
  parse(words).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

test('what is not written has the default of the specification', () => {
  expect(parse({}).data).toMatchObject({
    name: 'web',
    stop: { signal: 'SIGTERM', graceMs: 10_000, then: [] },
    alive: [],
  });
});

test('everything a person may write', () => {
  const spec = parse({
    env: { PORT: 8080, DEBUG: true },
    env_file: '.env',
    env_inherit: ['CUDA_*'],
    user: 1000,
    umask: '027',
    stdin: { text: 'yes\n' },
    limits: { memory: '2G', cpu: 1.5, pids: 100, open_files: 4096, nice: 5, oom_score: 500 },
    restart_policy: 'always',
    restart_delay: '250ms',
    stop: { signal: 'int', grace: '30s', then: [{ signal: 'TERM', grace: 5 }] },
    ready: { http: 'http://127.0.0.1:8080/ready', interval: '200ms', within: '2m' },
    alive: [{ tcp: 'db:5432' }, { silence: '10m', action: 'warn' }, { progress: 'step (\\d+)', within: '5m' }],
    depends_on: { db: 'ready', 'w2/cache': 'started' },
  }).data;
  expect(spec).toMatchObject({
    env: { PORT: '8080', DEBUG: 'true' },
    envFiles: ['.env'],
    envInherit: ['CUDA_*'],
    user: '1000',
    umask: 0o027,
    stdin: { kind: 'text', text: 'yes\n' },
    limits: { memoryBytes: 2 ** 31, cpuCores: 1.5, pids: 100, openFiles: 4096, nice: 5, oomScore: 500 },
    restart: { when: 'always', delayMs: 250 },
    stop: { signal: 'SIGINT', graceMs: 30_000, then: [{ signal: 'SIGTERM', graceMs: 5_000 }] },
    ready: { check: { kind: 'http' }, intervalMs: 200, withinMs: 120_000 },
    alive: [
      { check: { kind: 'tcp', host: 'db', port: 5432 }, action: 'restart' },
      { check: { kind: 'silence', of: 'output', forMs: 600_000 }, action: 'warn' },
      { check: { kind: 'progress', forMs: 300_000 } },
    ],
    dependsOn: { db: 'ready', 'w2/cache': 'started' },
  });
});

test('a container, in short and in full', () => {
  const container = {
    image: 'docker.io/acme/train:7',
    always_pull: true,
    memory: '8G',
    network: 'none',
    volumes: ['/srv/data:/data:ro', { source: 'cache', target: '/cache' }],
    user: 1000,
    read_only_root: true,
    gpus: [0, 3],
    entrypoint: [],
  };
  expect(parse({ container, work_dir: 'private' }).data).toMatchObject({
    workDir: 'private',
    container: {
      image: 'docker.io/acme/train:7',
      alwaysPull: true,
      cpus: null,
      memoryBytes: 2 ** 33,
      pids: null,
      network: 'none',
      volumes: [
        { source: '/srv/data', target: '/data', readOnly: true },
        { source: 'cache', target: '/cache', readOnly: false },
      ],
      user: '1000',
      readOnlyRoot: true,
      gpus: [0, 3],
      entrypoint: [],
    },
  });
  expect(parse({}).data).not.toHaveProperty('container');
});

test.each([
  [{ container: {} }, 'container.image'],
  [{ container: { image: '--privileged' } }, 'must be the name of an image'],
  [{ container: { image: 'x', volumes: ['/a'] } }, 'source:target'],
  [{ container: { image: 'x', volumes: ['../a:/a'] } }, 'must be an absolute path, or the name of a volume'],
  [{ container: { image: 'x', network: 'container:db' } }, 'container.network'],
  [{ container: { image: 'x', memory: '1M' } }, '6M at least'],
  [{ container: { image: 'x', privileged: true } }, 'Unrecognized key'],
  [{ work_dir: '/tmp' }, 'work_dir'],
  [{ comand: 'x' }, 'Unrecognized key'],
  [{ ready: { within: 5 } }, 'exactly one of http, tcp, exec and log'],
  [{ ready: { http: 'http://a/', tcp: 80 } }, 'exactly one'],
  [{ alive: [{ log: '(' }] }, 'must be a regular expression'],
  [{ limits: { memory: 'much' } }, '512M'],
  [{ limits: { nice: 40 } }, 'limits.nice'],
  [{ umask: '999' }, 'octal'],
  [{ stop: { grace: 'soon' } }, '10s'],
])('%j is refused with what it must be', (words, part) => expect(refusals(words).join('\n')).toContain(part));

test('a document places each process by worker or by labels, never by both or neither', () => {
  const set = (place: object) =>
    SetDocument.safeParse({ set: 's', processes: [{ name: 'a', command: 'x', ...place }] });
  expect(set({ worker: 'w1' }).data?.processes[0]).toMatchObject({ worker: 'w1', match: null });
  expect(set({ match: { gpu: 'a100*' } }).data?.processes[0]).toMatchObject({ worker: null, match: { gpu: 'a100*' } });
  expect(set({}).success).toBe(false);
  expect(set({ worker: 'w1', match: {} }).success).toBe(false);
});
