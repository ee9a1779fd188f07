/** RemoteGPU's file and variables: what each key means here, who wins, and the sample that is shipped. */
import { readFileSync } from 'node:fs';
import { parseLauncherFile } from './launcher-file';
import { OwnFileError } from './own-file';
import { parseOptions, type LauncherOptions } from './options';
import { readYaml } from '../protocol/yaml-source';

const SAMPLE = readFileSync('configs/agent.yaml', 'utf8');
const SEED = `
port: 8091
db_path: /var/lib/x/tasks.db
max_workers: 2
server:
  url: "http://your-backend-server:8080"
  agent_id: "agent-001"
  machine_id: "machine-001"
  token: "secret"
  timeout: 30s
poll:
  interval: 5s
  batch_size: 10
limits: { max_output_size: 2048 }
security:
  allowed_commands: ["python", "nvidia-smi"]
  blocked_patterns: ["rm -rf /"]
`;

const optionsOf = (text: string | null, env: Record<string, string> = {}, argv: string[] = []): LauncherOptions => {
  const files = {
    worker: (file: string) => parseLauncherFile(text ?? '', file),
    whereabouts: () => null,
    rules: () => null as never,
  };
  const parsed = parseOptions(
    [...(text === null ? [] : ['--config', '/etc/a/agent.yaml']), ...argv],
    env,
    'box7',
    files,
  );
  if (parsed.kind === 'exit') throw new Error(parsed.text);
  return parsed.options;
};

test('every key means something, or is said to mean nothing', () => {
  expect(optionsOf(SEED)).toMatchObject({
    localApi: { host: '127.0.0.1', port: 8091 },
    dataDir: '/var/lib/x',
    slots: 2,
    managerUrl: 'http://your-backend-server:8080',
    workerId: 'agent-001',
    labels: { machine_id: 'machine-001' },
    token: 'secret',
    rules: { commands: ['python', 'nvidia-smi'], patterns: ['rm -rf /'] },
    agent: {
      machineId: 'machine-001',
      outputBytesMax: 2048,
      unused: ['server.timeout', 'poll.interval', 'poll.batch_size'],
    },
  });
});

test('its variables win over the file, and flags over both', () => {
  const env = {
    AGENT_PORT: '9000',
    AGENT_DB_PATH: '/srv/a/t.db',
    AGENT_MAX_WORKERS: '7',
    SERVER_URL: 'http://m:1',
    AGENT_ID: 'by-variable',
    MACHINE_ID: 'm2',
    AGENT_TOKEN: 'other',
  };
  expect(optionsOf(SEED, env, ['--worker-id', 'by-flag'])).toMatchObject({
    localApi: { port: 9000 },
    dataDir: '/srv/a',
    slots: 7,
    managerUrl: 'http://m:1',
    workerId: 'by-flag',
    labels: { machine_id: 'm2' },
    token: 'other',
  });
});

test('AGENT_PORT alone makes an agent with the defaults of the original; without it the other variables are nobody’s', () => {
  expect(optionsOf(null, { AGENT_PORT: '8090' })).toMatchObject({
    localApi: { host: '127.0.0.1', port: 8090 },
    dataDir: '/var/lib/remotegpu-agent',
    slots: 4,
    managerUrl: null,
    workerId: 'box7',
  });
  expect(optionsOf(null, { SERVER_URL: 'http://other:1', AGENT_ID: 'x' })).toMatchObject({
    localApi: null,
    slots: null,
    managerUrl: 'http://localhost:5000',
    workerId: 'box7',
    agent: null,
  });
});

test('the sample has every key, with the defaults, and works alone', () => {
  const { rules, agent, ...options } = optionsOf(SAMPLE);
  expect(options).toMatchObject({
    localApi: { host: '127.0.0.1', port: 8090 },
    dataDir: '/var/lib/remotegpu-agent',
    slots: 4,
    managerUrl: null,
    workerId: 'box7',
    labels: {},
    token: null,
  });
  expect([rules?.commands, agent?.outputBytesMax]).toEqual([[], 1_048_576]);
  const keys = (value: unknown): string[] =>
    Object.entries(value as object).flatMap(([key, inner]) =>
      typeof inner === 'object' && !Array.isArray(inner) ? keys(inner).map((below) => `${key}.${below}`) : [key],
    );
  expect(keys(readYaml(SAMPLE).value).sort()).toEqual(keys(readYaml(SEED).value).sort());
});

test('mistakes are told at their place', () => {
  const refusal = (text: string): string => {
    try {
      parseLauncherFile(text, 'agent.yaml');
      return '';
    } catch (error) {
      if (!(error instanceof OwnFileError)) throw error;
      return error.message;
    }
  };
  expect(refusal('port: 8090\nserver:\n  ulr: http://x:1\n')).toMatch(
    /^agent\.yaml:3:3: server\.ulr is not a known key; did you mean url\?/,
  );
  expect(refusal('max_workers: many\n')).toMatch(/^agent\.yaml:1:1: max_workers/);
});
