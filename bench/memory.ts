/**
 * P5. What supervision costs in memory: the launcher alone, each further child on top of the child itself, and a manager
 * with 100 workers. Beside it the daemons of PM2 and supervisord with as many children.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { bundledProgram } from './bundled-program';
import { untilSeen } from './deadline';
import type { Measure } from './measure';
import { Absent } from './peers/install';
import { Pm2 } from './peers/pm2';
import { Supervisor } from './peers/supervisor';
import { childrenOf, memoryOf, sumOf, type Memory } from './processes';
import { Launcher, Manager } from './procguard';
import type { Comparison } from './report';
import type { Rig } from './rig';

const MB = 1e6;
const FEW = 20;
const CHILDREN = 100;
const WORKERS = 100;
const PACE_MS = 4_000;
/** After the last start: what a start has needed is given back, and a few beats have been sent. */
const SETTLED_MS = 4_000;
const SLEEP = ['/bin/sleep', '2147483647'] as const;

/** A peer's daemon with so many children, without the children. */
type Peer = (rig: Rig, children: number) => Promise<Memory | Absent>;

export const memory: Measure = {
  name: 'memory',
  title: 'memory of the supervisors, their children not counted',
  async run(rig) {
    const idle = await rig.apart((own) => launcher(own, 0));
    const few = rig.isQuick ? null : await rig.apart((own) => launcher(own, FEW));
    const many = await rig.apart((own) => launcher(own, CHILDREN));
    const manager = await rig.apart(managerWithWorkers);
    const notes = [
      told('launcher and shims', 0, idle),
      ...(few === null ? [] : [told('launcher and shims', FEW, few)]),
      told('launcher and shims', CHILDREN, many),
    ];
    const perChild = (many.rssBytes - idle.rssBytes) / CHILDREN;
    const comparisons: Comparison[] = [
      limit('launcher, idle, RSS', idle.rssBytes, 60),
      limit('each further child, RSS', perChild, 2),
      limit(`manager with ${WORKERS} workers, RSS`, manager.rssBytes, 120),
    ];
    for (const [name, contender] of [
      ['PM2', pm2],
      ['supervisord', supervisor],
    ] as const) {
      const empty = rig.isQuick ? null : await rig.apart((own) => contender(own, 0));
      if (empty !== null && !(empty instanceof Absent)) notes.push(told(name, 0, empty));
      const full = await rig.apart((own) => contender(own, CHILDREN));
      if (full instanceof Absent) {
        notes.push(full.why);
        continue;
      }
      notes.push(told(name, CHILDREN, full));
      comparisons.push({
        target: 'P5',
        what: `with ${CHILDREN} children, PSS`,
        unit: 'MB',
        ours: { name: 'launcher and shims', value: many.pssBytes / MB },
        reference: { name, value: full.pssBytes / MB },
        bound: null,
      });
    }
    return { comparisons, notes };
  },
};

const limit = (what: string, bytes: number, mbMax: number): Comparison => ({
  target: 'P5',
  what,
  unit: 'MB',
  ours: { name: 'ProcGuard', value: bytes / MB },
  reference: { name: 'the limit', value: mbMax },
  bound: { kind: 'at most', ratio: 1 },
});

const told = (name: string, children: number, { rssBytes, pssBytes }: Memory): string =>
  `${name}, ${children} children: RSS ${mb(rssBytes)}, PSS ${mb(pssBytes)} MB`;
const mb = (bytes: number): string => (bytes / MB).toFixed(1);

/** The launcher and what it puts beside its children. */
async function launcher(rig: Rig, children: number): Promise<Memory> {
  const manager = await Manager.start(rig);
  const processes = Array.from({ length: children }, (_, index) => ({
    name: `sleep-${index}`,
    command: [...SLEEP],
    autoStart: true,
  }));
  const { pid } = await Launcher.start(rig, manager, 'bench', processes);
  await pause(SETTLED_MS);
  const shims = childrenOf(pid);
  if (shims.length !== children) throw new Error(`the launcher has ${shims.length} shims for ${children} children`);
  return sumOf([pid, ...shims.map((shim) => shim.pid)].map(memoryOf));
}

async function managerWithWorkers(rig: Rig): Promise<Memory> {
  const manager = await Manager.start(rig);
  const script = bundledProgram(rig, 'simulated-launchers');
  const program = rig.start([process.execPath, script, manager.url, '0', String(WORKERS), String(PACE_MS)]);
  await program.line(/^ready$/);
  await pause(2 * PACE_MS);
  return memoryOf(manager.pid);
}

const pm2: Peer = async (rig, children) => {
  const daemon = await Pm2.start(rig);
  if (daemon instanceof Absent) return daemon;
  const [script, ...args] = SLEEP;
  if (children > 0) await daemon.start({ name: 'bench', script, args, interpreter: 'none', instances: children });
  await untilSeen('PM2 to start them', () => childrenOf(daemon.daemonPid).length === children || null);
  await pause(SETTLED_MS);
  return memoryOf(daemon.daemonPid);
};

const supervisor: Peer = async (rig, children) => {
  const programs = Array.from({ length: children }, (_, index) => ({
    name: `sleep-${index}`,
    command: SLEEP.join(' '),
    autostart: true,
  }));
  const daemon = await Supervisor.start(rig, programs);
  if (daemon instanceof Absent) return daemon;
  await untilSeen('supervisord to start them', () => childrenOf(daemon.pid).length === children || null);
  await pause(SETTLED_MS);
  return memoryOf(daemon.pid);
};
