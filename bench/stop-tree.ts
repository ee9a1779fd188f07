/**
 * P7. A tree of 1,000 processes, from the request to stop it to its being gone, verified: against one SIGKILL for its
 * process group and a look until no member of it lives, which is the least anybody can do. PM2 and supervisord
 * are timed as well, and what they leave alive is counted.
 */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { untilSeen } from './deadline';
import type { Measure } from './measure';
import { Absent } from './peers/install';
import { Pm2 } from './peers/pm2';
import { Supervisor } from './peers/supervisor';
import { Launcher, Manager } from './procguard';
import type { Comparison } from './report';
import type { Rig } from './rig';
import { median } from './statistics';

const BRANCHES = 10;
const LEAVES = 99;
/** The shell at the root, its shells, and their leaves. */
const PROCESSES = 1 + BRANCHES + BRANCHES * LEAVES;

/** The leaves sleep for a number of seconds by which they are known again. */
const markOf = (number: number): string => `2147${String(process.pid % 1e6).padStart(6, '0')}.${number}`;
const treeOf = (mark: string): string => {
  const branch = `for j in $(seq ${LEAVES}); do sleep ${mark} & done; wait`;
  return `for i in $(seq ${BRANCHES}); do sh -c '${branch}' & done; wait`;
};

export const stopTree: Measure = {
  name: 'stop-tree',
  title: `stop of a tree of ${PROCESSES} processes, until it is verified gone`,
  async run(rig) {
    const rounds = rig.rounds(5, 2);
    const { ours, limit } = await rig.apart((own) => interleaved(own, rounds));
    const comparisons: Comparison[] = [compare(ours, 'kill -9 and a look', limit, { kind: 'at most', ratio: 10 })];
    const notes: string[] = [`ours: SIGTERM, then verified by what holds the tree together; the other: SIGKILL`];
    for (const [name, contender] of [
      ['PM2', pm2],
      ['supervisord', supervisor],
    ] as const) {
      const timed = await rig.apart((own) => contender(own));
      if (timed instanceof Absent) {
        notes.push(timed.why);
        continue;
      }
      comparisons.push(compare(ours, name, [timed.ms], null));
      notes.push(`${name} answered with ${timed.left} of ${PROCESSES} processes left alive`);
    }
    return { comparisons, notes };
  },
};

const compare = (
  ours: readonly number[],
  name: string,
  reference: readonly number[],
  bound: Comparison['bound'],
): Comparison => ({
  target: 'P7',
  what: 'stop, until gone',
  unit: 'ms',
  ours: { name: 'ProcGuard', value: median(ours) },
  reference: { name, value: median(reference) },
  bound,
});

async function interleaved(rig: Rig, rounds: number): Promise<{ ours: number[]; limit: number[] }> {
  const manager = await Manager.start(rig);
  const mark = markOf(0);
  await Launcher.start(rig, manager, 'bench', [{ name: 'tree', command: treeOf(mark), restart: { when: 'never' } }]);
  const ours: number[] = [];
  const limit: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await manager.command('bench', 'start');
    await untilWhole(mark);
    const startedAt = performance.now();
    const reply = await manager.command('bench', 'stop');
    ours.push(performance.now() - startedAt);
    const left = leavesOf(mark);
    if (left > 0) throw new Error(`${left} processes live after the stop was answered: ${reply.message}`);
    limit.push(await killedByGroup(markOf(round + 1)));
  }
  return { ours, limit };
}

async function killedByGroup(mark: string): Promise<number> {
  const leader = spawn('sh', ['-c', treeOf(mark)], { detached: true, stdio: 'ignore' });
  const ended = once(leader, 'exit');
  await untilWhole(mark);
  const pids = pidsOf(mark);
  const startedAt = performance.now();
  process.kill(-(leader.pid ?? 0), 'SIGKILL');
  await ended;
  // Not `kill(-group, 0)`: a member that is dead and not yet reaped by init would count.
  await untilSeen('all of it to be gone', () => !pids.some((pid) => isLeaf(pid, mark)) || null, { everyMs: 1 });
  return performance.now() - startedAt;
}

interface Timed {
  readonly ms: number;
  readonly left: number;
}

async function pm2(rig: Rig): Promise<Timed | Absent> {
  const daemon = await Pm2.start(rig);
  if (daemon instanceof Absent) return daemon;
  const mark = markOf(101);
  rig.atEnd(() => endLeaves(mark));
  await daemon.start({ name: 'tree', script: '/bin/sh', args: ['-c', treeOf(mark)], interpreter: 'none' });
  return timed(mark, () => daemon.stop('tree'));
}

async function supervisor(rig: Rig): Promise<Timed | Absent> {
  const mark = markOf(102);
  const command = `/bin/sh -c "${treeOf(mark)}"`;
  const daemon = await Supervisor.start(rig, [{ name: 'tree', command, autostart: false }]);
  if (daemon instanceof Absent) return daemon;
  rig.atEnd(() => endLeaves(mark));
  await daemon.startProgram('tree');
  return timed(mark, () => daemon.stopProgram('tree'));
}

async function timed(mark: string, stop: () => Promise<unknown>): Promise<Timed> {
  await untilWhole(mark);
  const startedAt = performance.now();
  await stop();
  return { ms: performance.now() - startedAt, left: leavesOf(mark) };
}

const untilWhole = (mark: string): Promise<true> =>
  untilSeen('the tree to be whole', () => leavesOf(mark) === BRANCHES * LEAVES || null, { everyMs: 50 });

const leavesOf = (mark: string): number => pidsOf(mark).length;

const pidsOf = (mark: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isLeaf(pid, mark));

/** Zombies have no command line any more. */
function isLeaf(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1') === `sleep\0${mark}\0`;
  } catch {
    return false; // it ended while we looked
  }
}

function endLeaves(mark: string): void {
  for (const pid of pidsOf(mark)) process.kill(pid, 'SIGKILL');
}
