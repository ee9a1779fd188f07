import { ResourceLimits } from '../../protocol/process-spec';
import { planLimits, type Abilities, type Controller } from './limit-plan';

const able = (...controllers: Controller[]): Abilities => ({
  controllers: new Set(controllers),
  cgroupsAreUsed: true,
  openFilesMax: 1000,
  nice: { own: 0, mayLower: false },
  oomScore: { own: 0, mayLower: false },
});
const plan = (limits: object, abilities: Abilities, isRoot = false) =>
  planLimits(ResourceLimits.parse(limits), abilities, { isRoot });
const ALL = { memoryBytes: 2 ** 20, cpuCores: 2, pids: 5 };

test('with all controllers everything is the cgroup’s, and nothing is missing', () =>
  expect(plan(ALL, able('memory', 'cpu', 'pids'))).toMatchObject({
    cgroup: ALL,
    addressSpaceBytes: null,
    userProcesses: null,
    unenforced: [],
  }));

test('without: rlimits where there are some, and a sentence for each that is less than was asked', () => {
  const { unenforced, ...rest } = plan(ALL, able());
  expect(rest).toMatchObject({ cgroup: {}, addressSpaceBytes: 2 ** 20, userProcesses: 5 });
  expect(unenforced).toHaveLength(3);
  expect(unenforced[1]).toBe('limits.cpu: no cpu controller can be used here');
});

test('each controller stands for itself', () =>
  expect(plan(ALL, able('pids'))).toMatchObject({
    cgroup: { pids: 5 },
    addressSpaceBytes: 2 ** 20,
    userProcesses: null,
  }));

test('root is held to no number of processes, so none is set', () => {
  const { userProcesses, unenforced } = plan({ pids: 5 }, able(), true);
  expect(userProcesses).toBeNull();
  expect(unenforced).toEqual([
    'limits.pids: no pids controller can be used here, and root is held to no number of processes',
  ]);
});

test.each([
  [{ nice: 5 }, { niceBy: 5 }, 0],
  [{ nice: 0 }, { niceBy: null }, 0],
  [{ nice: -1 }, { niceBy: null }, 1],
  [{ oomScore: 5 }, { oomScore: 5 }, 0],
  [{ oomScore: -5 }, { oomScore: null }, 1],
  [{ openFiles: 1000 }, { openFiles: 1000 }, 0],
  [{ openFiles: 1001 }, { openFiles: 1000 }, 1],
])('%j', (limits, expected, missing) => {
  const { unenforced, ...rest } = plan(limits, able());
  expect(rest).toMatchObject(expected);
  expect(unenforced).toHaveLength(missing);
});

test('niceness is told to nice as what is added to the launcher’s own', () =>
  expect(plan({ nice: -5 }, { ...able(), nice: { own: 3, mayLower: true } }).niceBy).toBe(-8));
