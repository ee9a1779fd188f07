/**
 * P13. Jobs that are a process: /bin/true, submitted one by one and all of them done, as many at once as every contender
 * is told. What the machine can do at all is Node spawning it with nothing around.
 */
import { bundledProgram } from './bundled-program';
import type { Measure } from './measure';
import { Absent } from './peers/install';
import { TaskSpooler } from './peers/task-spooler';
import { Launcher, Manager } from './procguard';
import { PEERS, type Contender } from './queues/contender';
import { OURS, oursWithLaunchers } from './queues/ours';
import type { Comparison } from './report';
import type { Rig } from './rig';
import { median } from './statistics';

const COMMAND = '/bin/true';
const AT_ONCE = 4;
const SUBMITTERS = 16;
const BARE = 'Node spawning it';

/** @returns ms for so many jobs */
type Cycle = (jobs: number) => Promise<number>;

export const jobSpawn: Measure = {
  name: 'job-spawn',
  title: `jobs of ${COMMAND} a second, ${AT_ONCE} at once`,
  async run(rig) {
    const notes: string[] = [];
    const found: { readonly name: string; readonly cycle: Cycle; readonly perSecond: number[] }[] = [];
    for (const open of [procguard, ...PEERS.map(peer), taskSpooler, bare]) {
      const opened = await open(rig);
      if (opened instanceof Absent) notes.push(opened.why);
      else found.push({ ...opened, perSecond: [] });
    }
    const jobs = rig.rounds(2_000, 400);
    for (let round = 0; round <= rig.rounds(5, 2); round++)
      for (const { cycle, perSecond } of found) {
        const ms = await cycle(jobs);
        // The first round warms up.
        if (round > 0) perSecond.push((jobs / ms) * 1000);
      }
    const rates = found.map(({ name, perSecond }) => ({ name, rate: median(perSecond) }));
    return {
      comparisons: comparisonsOf(rates),
      notes: [
        ...notes,
        'the processes of the peers are children of the program that took the job; ours have a shim, a run directory and their output kept',
      ],
    };
  },
};

function comparisonsOf([mine, ...others]: readonly { readonly name: string; readonly rate: number }[]): Comparison[] {
  if (mine === undefined) return [];
  const isInDatabase = (name: string): boolean => name !== BARE && name !== 'task-spooler';
  return others.map(({ name, rate }) => ({
    target: 'P13',
    what: 'submit to done',
    unit: '/s',
    ours: { name: mine.name, value: mine.rate },
    reference: { name, value: rate },
    bound: isInDatabase(name) ? { kind: 'above', ratio: 1 } : null,
  }));
}

interface Opened {
  readonly name: string;
  readonly cycle: Cycle;
}

async function procguard(rig: Rig): Promise<Opened> {
  const manager = await Manager.start(rig);
  await Launcher.start(rig, manager, 'bench', [], ['--slots', String(AT_ONCE)]);
  return { name: OURS, cycle: cycleOf(await oursWithLaunchers(rig, manager)) };
}

const peer =
  (open: (typeof PEERS)[number]) =>
  async (rig: Rig): Promise<Opened | Absent> => {
    const contender = await open(rig, 'throughput');
    return contender instanceof Absent ? contender : { name: contender.name, cycle: cycleOf(contender) };
  };

const cycleOf =
  (contender: Contender): Cycle =>
  (jobs) =>
    contender.order({
      do: 'cycle',
      jobs,
      submitters: SUBMITTERS,
      concurrency: AT_ONCE,
      job: { command: [COMMAND] },
    });

async function taskSpooler(rig: Rig): Promise<Opened | Absent> {
  const spooler = await TaskSpooler.start(rig, AT_ONCE);
  return spooler instanceof Absent ? spooler : { name: 'task-spooler', cycle: (jobs) => spooler.cycle(jobs, COMMAND) };
}

async function bare(rig: Rig): Promise<Opened> {
  const program = rig.start([process.execPath, bundledProgram(rig, 'bare-spawn')]);
  await program.line(/^ready$/);
  const cycle: Cycle = async (jobs) => {
    const answer = program.line(/^done (\S+)$/, 120_000);
    program.say(`${jobs} ${AT_ONCE} ${COMMAND}`);
    return Number((await answer)[1]);
  };
  return { name: BARE, cycle };
}
