import { isolationWords, type HeldBy } from './isolation';
import type { LimitPlan } from './limit-plan';

const NONE: LimitPlan = {
  cgroup: {},
  addressSpaceBytes: null,
  userProcesses: null,
  openFiles: null,
  niceBy: null,
  oomScore: null,
  unenforced: [],
};
const FREE: HeldBy = { who: null, version: () => 2, envInherit: null, hasPrivateDir: false };

test('what is held by nothing has no words', () => expect(isolationWords(NONE, FREE)).toEqual([]));

test('each thing that holds is told, with what it is held by', () => {
  const plan: LimitPlan = {
    ...NONE,
    cgroup: { memoryBytes: 2 ** 31, cpuCores: 1.5, pids: 9 },
    openFiles: 64,
    niceBy: 5,
    oomScore: 300,
  };
  const held = { who: 'user nobody', version: () => 1 as const, envInherit: ['LC_*'], hasPrivateDir: true };
  expect(isolationWords(plan, held)).toEqual([
    'user nobody',
    'memory 2G by cgroup v1',
    'cpu 1.5 by cgroup v1',
    'pids 9 by cgroup v1',
    'open files 64 by rlimit',
    'niceness +5',
    'oom_score_adj 300',
    'environment of its own, with LC_*',
    'a private directory',
  ]);
});

test('rlimits in place of cgroups are not called cgroups', () => {
  expect(isolationWords({ ...NONE, addressSpaceBytes: 2 ** 20, userProcesses: 7 }, FREE)).toEqual([
    'address space 1M of each process by rlimit',
    '7 processes of its user by rlimit',
  ]);
});
