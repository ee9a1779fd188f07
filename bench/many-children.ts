/**
 * P8. What 100 and 1,000 idle children under one launcher cost: processor time and memory of the launcher, of the manager,
 * and per child on top of the child itself. Beside it what the daemons of supervisord with as many and of PM2 with 100 cost: they
 * have no shims, and end their children with themselves.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { untilSeen } from './deadline';
import type { Measure } from './measure';
import { Absent } from './peers/install';
import { Pm2 } from './peers/pm2';
import { Supervisor } from './peers/supervisor';
import { childrenOf, cpuSecondsOf, memoryOf, sumOf, type Memory } from './processes';
import { Launcher, Manager } from './procguard';
import type { Comparison } from './report';
import type { Rig } from './rig';

const MB = 1e6;
const MANY = 1_000;
const FEW = 100;
const SLEEP = ['/bin/sleep', '2147483646'] as const;
/** After the last start: what a start needed is given back, and the first samples are taken. */
const SETTLED_MS = 4_000;

interface Cost {
  /** Percent of one core. */
  readonly core: number;
  readonly memory: Memory;
}
interface Ours {
  readonly launcher: Cost;
  readonly manager: Cost;
  readonly shims: Memory;
}

export const manyChildren: Measure = {
  name: 'many-children',
  title: `${FEW} and ${MANY} idle children of one launcher`,
  async run(rig) {
    const few = await rig.apart((own) => ours(own, FEW));
    const many = await rig.apart((own) => ours(own, MANY));
    const perChild =
      (sumOf([many.launcher.memory, many.shims]).rssBytes - sumOf([few.launcher.memory, few.shims]).rssBytes) /
      (MANY - FEW);
    const perShared =
      (sumOf([many.launcher.memory, many.shims]).pssBytes - sumOf([few.launcher.memory, few.shims]).pssBytes) /
      (MANY - FEW);
    const comparisons: Comparison[] = [
      limit(`launcher's processor with ${MANY} idle children`, '% of a core', many.launcher.core, 5),
      limit('each further child, RSS', 'MB', perChild / MB, 2),
    ];
    const notes = [
      told(FEW, few),
      told(MANY, many),
      `each further child, PSS (pages shared with others counted in part): ${mb(perShared)} MB`,
    ];
    for (const [name, children, contender] of contenders(rig.isQuick)) {
      const theirs = await rig.apart((own) => contender(own, children));
      if (theirs instanceof Absent) {
        notes.push(theirs.why);
        continue;
      }
      notes.push(
        `${name} with ${children}: ${theirs.core.toFixed(1)} % of a core, RSS ${mb(theirs.memory.rssBytes)} MB`,
      );
    }
    return { comparisons, notes };
  },
};

type Contender = (rig: Rig, children: number) => Promise<Cost | Absent>;
const contenders = (isQuick: boolean): [string, number, Contender][] => [
  ['supervisord', FEW, supervisor],
  ...(isQuick
    ? []
    : ([
        ['supervisord', MANY, supervisor],
        ['PM2', FEW, pm2],
      ] satisfies [string, number, Contender][])),
];

const limit = (what: string, unit: string, value: number, most: number): Comparison => ({
  target: 'P8',
  what,
  unit,
  ours: { name: 'ProcGuard', value },
  reference: { name: 'the limit', value: most },
  bound: { kind: 'at most', ratio: 1 },
});

const told = (children: number, { launcher, manager, shims }: Ours): string =>
  `${children} children: launcher ${launcher.core.toFixed(1)} % of a core, RSS ${mb(launcher.memory.rssBytes)} MB; ` +
  `manager ${manager.core.toFixed(1)} %, RSS ${mb(manager.memory.rssBytes)} MB; ` +
  `shims RSS ${mb(shims.rssBytes)} MB, PSS ${mb(shims.pssBytes)} MB`;
const mb = (bytes: number): string => (bytes / MB).toFixed(1);

async function ours(rig: Rig, children: number): Promise<Ours> {
  const manager = await Manager.start(rig);
  const processes = Array.from({ length: children }, (_, index) => ({
    name: `sleep-${index}`,
    command: [...SLEEP],
    autoStart: true,
  }));
  const launcher = await Launcher.start(rig, manager, 'bench', processes);
  await pause(SETTLED_MS);
  const [launcherCore = 0, managerCore = 0] = await coresOf(rig, [launcher.pid, manager.pid]);
  const shims = childrenOf(launcher.pid);
  if (shims.length !== children) throw new Error(`the launcher has ${shims.length} shims for ${children} children`);
  return {
    launcher: { core: launcherCore, memory: memoryOf(launcher.pid) },
    manager: { core: managerCore, memory: memoryOf(manager.pid) },
    shims: sumOf(shims.map(({ pid }) => memoryOf(pid))),
  };
}

/** Percent of one core that each used over the same time. */
async function coresOf(rig: Rig, pids: readonly number[]): Promise<number[]> {
  const startedAt = performance.now();
  const before = pids.map(cpuSecondsOf);
  await pause(rig.isQuick ? 4_000 : 8_000);
  const seconds = (performance.now() - startedAt) / 1000;
  return pids.map((pid, i) => (100 * (cpuSecondsOf(pid) - (before[i] ?? 0))) / seconds);
}

async function costOf(rig: Rig, pid: number, children: number): Promise<Cost> {
  await untilSeen(`${children} children to run`, () => childrenOf(pid).length === children || null, { everyMs: 200 });
  await pause(SETTLED_MS);
  const [core = 0] = await coresOf(rig, [pid]);
  return { core, memory: memoryOf(pid) };
}

async function supervisor(rig: Rig, children: number): Promise<Cost | Absent> {
  const programs = Array.from({ length: children }, (_, index) => ({
    name: `sleep-${index}`,
    command: SLEEP.join(' '),
    autostart: true,
  }));
  const daemon = await Supervisor.start(rig, programs);
  return daemon instanceof Absent ? daemon : costOf(rig, daemon.pid, children);
}

async function pm2(rig: Rig, children: number): Promise<Cost | Absent> {
  const daemon = await Pm2.start(rig);
  if (daemon instanceof Absent) return daemon;
  const [script, ...args] = SLEEP;
  await daemon.start({ name: 'bench', script, args, interpreter: 'none', instances: children });
  return costOf(rig, daemon.daemonPid, children);
}
