import fc from 'fast-check';
import { PlacedProcess } from '../../../protocol/process-document';
import { ProcessSpec } from '../../../protocol/process-spec';
import type { Refusal } from '../../../protocol/errors';
import { processKey, ProcessName, type WorkerId } from '../../../protocol/ids';
import { MASK } from '../../../protocol/secret-names';
import { placedWords } from './document-of';
import { withSecretValues } from './secret-values';

const worker = 'w1' as WorkerId;
const KEY = processKey(worker, ProcessName.parse('web'));
/** Read again, and applied to the process it was read from. */
const reread = (spec: ProcessSpec): ProcessSpec | Refusal =>
  withSecretValues(PlacedProcess.parse(placedWords({ worker, spec })).spec, spec, { secretNames: [] }, KEY);

test('the document of a definition gives the same definition', () => {
  const spec = ProcessSpec.parse({
    name: 'web',
    command: ['node', 'a b.js'],
    workingDir: '/srv',
    env: { A: '1', TOKEN: 'x=y', DSN: 'u:p' },
    secrets: ['DSN'],
    envFiles: ['-/etc/env'],
    envInherit: ['LC_*'],
    workDir: 'private',
    container: {
      image: 'localhost/train',
      alwaysPull: true,
      cpus: 2,
      memoryBytes: 2 ** 30,
      pids: 9,
      network: 'none',
      volumes: [{ source: '/data', target: '/d', readOnly: true }],
      user: '1000',
      readOnlyRoot: true,
      gpus: [0, 1],
      entrypoint: [],
    },
    user: 'nobody',
    group: '100',
    umask: 0o027,
    stdin: { kind: 'text', text: 'hello' },
    output: 'split',
    limits: { memoryBytes: 3 * 2 ** 29, cpuCores: 1.5, pids: 10, openFiles: 64, nice: 5, oomScore: -10 },
    restart: { when: 'always', maxRestarts: 3, delayMs: 1500, delayMaxMs: 90_000, windowMs: 61_000, healthyAfterMs: 1 },
    stop: { signal: 'SIGINT', graceMs: 1, then: [{ signal: 'SIGQUIT', graceMs: 3_600_000 }] },
    ready: { check: { kind: 'tcp', host: 'db', port: 5432 }, withinMs: null },
    alive: [
      { check: { kind: 'silence', of: 'cpu', forMs: 600_000 }, action: 'warn', afterMs: 5000 },
      { check: { kind: 'progress', pattern: 'step (\\d+)', forMs: 1000 } },
      { check: { kind: 'exec', command: ['true'] }, failuresMax: 1 },
      { check: { kind: 'http', url: 'http://localhost/' } },
      { check: { kind: 'log', pattern: 'NCCL' } },
    ],
    dependsOn: { db: 'ready', 'w2/cache': 'started' },
    pidFile: '/run/x.pid',
    healthCheck: { url: 'http://localhost/health' },
    type: 'web',
    autoStart: true,
  });
  expect(reread(spec)).toEqual(spec);
  expect(placedWords({ worker, spec })).toMatchObject({ env: { A: '1', TOKEN: MASK, DSN: MASK } });
});

test('what is as by default is left out', () => {
  const spec = ProcessSpec.parse({ name: 'x', command: 'sleep 1', autoStart: true });
  expect(placedWords({ worker, spec })).toEqual({ name: 'x', worker: 'w1', command: 'sleep 1' });
});

test('no amount of time or memory is rounded', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2 ** 20 }), fc.nat(0o777), (graceMs, memoryBytes, umask) => {
      const spec = ProcessSpec.parse({ name: 'x', command: 'x', stop: { graceMs }, limits: { memoryBytes }, umask });
      expect(reread(spec)).toEqual({ ...spec, autoStart: spec.autoStart });
    }),
  );
});
