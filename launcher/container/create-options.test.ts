import { ContainerSpec } from '../../protocol/container-spec';
import { RunId } from '../../protocol/ids';
import { StopPolicy } from '../../protocol/process-spec';
import type { ContainerPlan } from './container-plan';
import { createOptions, type EngineKind } from './create-options';

const RUN = RunId.parse('0000000001000aaaaaaaaaaaa');
const optionsOf = (spec: object, env: readonly string[] = [], engine: EngineKind = 'docker') => {
  const plan: ContainerPlan = {
    spec: ContainerSpec.parse({ image: 'x', ...spec }),
    words: ['run', 'me'],
    workingDir: null,
    hasStdin: false,
    stop: StopPolicy.parse({}),
    openFiles: null,
    oomScore: null,
    worker: 'w1',
    process: 'a',
  };
  return createOptions({ run: RUN, plan, env, engine });
};

test('what is not said is left to the image, and nothing is opened up', () => {
  const { HostConfig, ...options } = optionsOf({});
  expect(options).toEqual({
    name: `procguard-${RUN}`,
    Image: 'x',
    Cmd: ['run', 'me'],
    Env: [],
    Labels: { 'procguard.run': RUN, 'procguard.worker': 'w1', 'procguard.process': 'a' },
    AttachStdout: true,
    AttachStderr: true,
  });
  expect(HostConfig).toEqual({
    NetworkMode: 'bridge',
    ReadonlyRootfs: false,
    Mounts: [],
    LogConfig: { Type: 'none', Config: {} },
    RestartPolicy: { Name: 'no' },
    SecurityOpt: ['no-new-privileges'],
  });
});

test('memory is with swap, cores are billionths', () => {
  expect(optionsOf({ memoryBytes: 2 ** 30, cpus: 1.5, pids: 7 }).HostConfig).toMatchObject({
    Memory: 2 ** 30,
    MemorySwap: 2 ** 30,
    NanoCpus: 1_500_000_000,
    PidsLimit: 7,
  });
});

test('a path is a mount that must be there, a name is a volume', () => {
  const volumes = [
    { source: '/srv/data', target: '/data', readOnly: true },
    { source: 'cache', target: '/cache' },
  ];
  expect(optionsOf({ volumes }).HostConfig?.Mounts).toEqual([
    { Type: 'bind', Source: '/srv/data', Target: '/data', ReadOnly: true },
    { Type: 'volume', Source: 'cache', Target: '/cache', ReadOnly: false },
  ]);
});

test.each([
  ['docker', 'all', { DeviceRequests: [{ Driver: 'nvidia', Count: -1, Capabilities: [['gpu']] }] }],
  ['docker', [1, 3], { DeviceRequests: [{ Driver: 'nvidia', DeviceIDs: ['1', '3'], Capabilities: [['gpu']] }] }],
  ['podman', 'all', { Devices: [{ PathOnHost: 'nvidia.com/gpu=all' }] }],
  ['podman', [1, 3], { Devices: [{ PathOnHost: 'nvidia.com/gpu=1' }, { PathOnHost: 'nvidia.com/gpu=3' }] }],
] as const)('%s gives devices %j', (engine, gpus, wanted) => {
  expect(optionsOf({ gpus }, [], engine).HostConfig).toMatchObject(wanted);
});

test('with devices of its own, the machine’s numbers of them mean nothing inside', () => {
  const env = ['CUDA_VISIBLE_DEVICES=3', 'MODE=x'];
  expect(optionsOf({ gpus: [3] }, env).Env).toEqual(['MODE=x']);
  expect(optionsOf({}, env).Env).toEqual(env);
});
