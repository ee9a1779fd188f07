import { ProcessSpec } from '../../../protocol/process-spec';
import { differences } from './difference';
import { specWords } from './spec-words';

const bare = ProcessSpec.parse({ name: 'x', command: 'sleep 1' });
/** Every leaf of a specification but the name, which is what it is known by. */
const OTHERS: Partial<Record<keyof ProcessSpec, unknown[]>> = {
  command: ['sleep 2', ['sleep', '1']],
  workingDir: ['/tmp'],
  env: [{ A: '1' }, { A: '' }],
  secrets: [['A']],
  envFiles: [['/etc/env']],
  envInherit: [[], ['LC_*']],
  user: ['nobody'],
  group: ['nogroup'],
  umask: [0o022],
  stdin: [
    { kind: 'file', path: '/dev/zero' },
    { kind: 'text', text: 'hello' },
  ],
  output: ['split'],
  limits: [
    { memoryBytes: 2 ** 30 },
    { cpuCores: 1.5 },
    { pids: 10 },
    { openFiles: 64 },
    { nice: 5 },
    { oomScore: 100 },
  ].map((limit) => ({ ...bare.limits, ...limit })),
  restart: [
    { when: 'never' },
    { delayMs: 1 },
    { delayMaxMs: 61_000 },
    { jitter: 0 },
    { maxRestarts: 1 },
    { windowMs: 1 },
    { healthyAfterMs: 1 },
  ].map((restart) => ({ ...bare.restart, ...restart })),
  stop: [{ signal: 'SIGINT' }, { graceMs: 1 }, { then: [{ signal: 'SIGQUIT', graceMs: 1 }] }].map((stop) => ({
    ...bare.stop,
    ...stop,
  })),
  ready: [{ check: { kind: 'tcp', port: 1 } }],
  alive: [[{ check: { kind: 'tcp', port: 1 } }]],
  dependsOn: [{ db: 'started' }],
  pidFile: ['/run/x.pid'],
  healthCheck: [{ url: 'http://localhost/' }],
  type: ['web'],
  workDir: ['private'],
  container: [{ image: 'a' }],
  set: ['s'],
  autoStart: [true],
};

test('no field of a specification can change unseen', () => {
  expect(Object.keys(OTHERS).sort()).toEqual(
    Object.keys(ProcessSpec.shape)
      // The name is which process it is, and the role is not people's to write.
      .filter((field) => field !== 'name' && field !== 'role')
      .sort(),
  );
  expect(OTHERS.limits).toHaveLength(Object.keys(bare.limits).length);
  expect(OTHERS.restart).toHaveLength(Object.keys(bare.restart).length);
  expect(OTHERS.stop).toHaveLength(Object.keys(bare.stop).length);
  for (const [field, values] of Object.entries(OTHERS))
    for (const value of values)
      expect([field, value, differences(bare, ProcessSpec.parse({ ...bare, [field]: value })).length]).toEqual([
        field,
        value,
        1,
      ]);
});

test('the order in which something was written is no difference', () => {
  const [one, other] = [
    { env: { A: '1', B: '2' }, dependsOn: { a: 'ready', b: 'started' } },
    { env: { B: '2', A: '1' }, dependsOn: { b: 'started', a: 'ready' } },
  ].map((more) => ProcessSpec.parse({ ...bare, ...more }));
  expect(differences(one!, other!)).toEqual([]);
});

test('values are as people write them, exactly', () => {
  const spec = ProcessSpec.parse({
    ...bare,
    umask: 0o22,
    limits: { memoryBytes: 512 * 2 ** 20 },
    stop: { graceMs: 1500 },
    restart: { windowMs: 600_000 },
  });
  expect(Object.fromEntries(specWords(spec))).toMatchObject({
    umask: '022',
    'limits.memory': '512M',
    'stop.grace': '1500ms',
    restart_window: '10m',
  });
});

test('that a secret changed is told, and not from what to what', () => {
  const [one, other] = [{ API_TOKEN: 'abc' }, { API_TOKEN: 'def' }].map((env) => ProcessSpec.parse({ ...bare, env }));
  expect(differences(one!, other!)).toEqual([{ field: 'env.API_TOKEN', from: '********', to: '********' }]);
});
