import { ContainerSpec } from '../../protocol/container-spec';
import { inForce } from './in-force';
import type { KernelLimits } from './kernel-limits';

const word = { engine: 'docker 27.1', id: '0123456789abcdef', networkMode: 'bridge', readOnlyRoot: false, user: '' };
const asked = ContainerSpec.parse({ image: 'x', memoryBytes: 2 ** 26, cpus: 0.5, pids: 20 });
const held: KernelLimits = { memoryBytes: 2 ** 26, cpuCores: 0.5, pids: 20, noNewPrivileges: true, uid: 0 };

test('what the kernel says counts', () => {
  expect(inForce(asked, word, held)).toEqual({
    isolation: [
      'container 0123456789ab of docker 27.1, image x',
      'memory 64M by its cgroup',
      'cpus 0.5 by its cgroup',
      'pids 20 by its cgroup',
      'network bridge',
      'user root inside, uid 0 on the machine',
      'no new privileges',
    ],
    unenforced: [],
  });
});

test('what an engine accepted and did not do is told', () => {
  const { isolation, unenforced } = inForce({ ...asked, readOnlyRoot: true }, word, {
    ...held,
    memoryBytes: null,
    pids: 4096,
    noNewPrivileges: false,
  });
  expect(isolation.join()).not.toMatch(/memory|pids|read-only|privileges/);
  expect(unenforced).toEqual([
    "container.memory: 64M was asked, and the container's cgroup has no such limit",
    "container.pids: 20 was asked, and the container's cgroup has 4096",
    'container.read_only_root: the engine did not make it so',
    'no new privileges: the engine did not make it so',
  ]);
});

test('where the kernel cannot be asked, that is said and nothing is called a lack', () => {
  const { isolation, unenforced } = inForce(asked, word, null);
  expect(isolation).toContain('limits as its engine says: the kernel could not be asked');
  expect(unenforced).toEqual([]);
});
