/**
 * P15. Whether jobs cost more where there are many: the rates and the memory of a manager with 100,000 jobs in its queue
 * against those of one with none, the processor of one with 1,000 workers that hold a job each, and the rate at which
 * those get theirs against ten.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { bundledProgram } from './bundled-program';
import type { Measure } from './measure';
import { cpuSecondsOf, memoryOf } from './processes';
import { Manager } from './procguard';
import type { Contender } from './queues/contender';
import { ours, oursWithLaunchers, type Ours } from './queues/ours';
import type { Outcome } from './report';
import type { Rig } from './rig';
import { median } from './statistics';

const NO_OP = { command: null } as const;
const DEPTH = 100_000;
const BATCH = 1_000;
const LOSS = { kind: 'at least', ratio: 0.8 } as const;

const WORKERS = 1_000;
const FEW_WORKERS = 10;
/** A launcher's own, when nobody configured it otherwise. */
const BEAT_MS = 5_000;
/** The most that a launcher lets pass between two renewals of what it holds. */
const RENEW_MS = 60_000;
/** Of a core, for workers that only hold their jobs. */
const IDLE_MOST = 0.05;

export const jobGrowth: Measure = {
  name: 'job-growth',
  title: `jobs with ${DEPTH.toLocaleString('en-US')} in the queue, and with ${WORKERS.toLocaleString('en-US')} workers`,
  async run(rig) {
    const parts = [await rig.apart(deepQueue), await rig.apart(manyWorkers)];
    return {
      comparisons: parts.flatMap(({ comparisons }) => comparisons),
      notes: parts.flatMap(({ notes }) => notes),
    };
  },
};

const PARTS = ['submitted by 16', 'submitted in bulk', 'taken and done'] as const;
type Part = (typeof PARTS)[number];

async function deepQueue(rig: Rig): Promise<Outcome> {
  const empty = await ours(rig, 'empty');
  const deep = await ours(rig, 'deep');
  // Both have done the same work before: what is compared is what waits, not what was compiled.
  await partsOf(empty.contender, BATCH);
  await partsOf(deep.contender, BATCH);
  const before = memoryOf(deep.manager.pid).rssBytes;
  const filledMs = await deep.contender.order({ do: 'bulk', jobs: DEPTH, batch: BATCH, job: NO_OP });
  const perJob = (memoryOf(deep.manager.pid).rssBytes - before) / DEPTH;
  const rates = { empty: noRates(), deep: noRates() };
  const jobs = rig.rounds(5_000, 1_000);
  for (let round = 0; round <= rig.rounds(5, 2); round++)
    for (const [name, { contender }] of Object.entries({ empty, deep }) as ['empty' | 'deep', Ours][])
      for (const [part, perSecond] of await partsOf(contender, jobs)) if (round > 0) rates[name][part].push(perSecond);
  return {
    comparisons: PARTS.map((part) => ({
      target: 'P15',
      what: part,
      unit: '/s',
      ours: { name: `with ${DEPTH.toLocaleString('en-US')} queued`, value: median(rates.deep[part]) },
      reference: { name: 'with none', value: median(rates.empty[part]) },
      bound: LOSS,
    })),
    notes: [
      `${DEPTH} jobs were submitted in ${(filledMs / 1000).toFixed(1)} s and took ${Math.round(perJob)} bytes of the manager's memory each`,
    ],
  };
}

const noRates = (): Record<Part, number[]> => ({
  'submitted by 16': [],
  'submitted in bulk': [],
  'taken and done': [],
});

/** As many as come are taken: the queue is as deep after it as before. */
async function partsOf(contender: Contender, jobs: number): Promise<[Part, number][]> {
  const perSecond = (ms: number): number => (jobs / ms) * 1000;
  const drain = () => contender.order({ do: 'drain', jobs, concurrency: 50, job: NO_OP });
  const one = await contender.order({ do: 'submit', jobs, submitters: 16, job: NO_OP });
  const taken = await drain();
  const bulk = await contender.order({ do: 'bulk', jobs, batch: BATCH, job: NO_OP });
  await drain();
  return [
    ['submitted by 16', perSecond(one)],
    ['taken and done', perSecond(taken)],
    ['submitted in bulk', perSecond(bulk)],
  ];
}

async function manyWorkers(rig: Rig): Promise<Outcome> {
  const rates = {
    few: await rig.apart((own) => handedOut(own, FEW_WORKERS)),
    many: await rig.apart((own) => handedOut(own, WORKERS)),
  };
  const core = await rig.apart(holding);
  return {
    comparisons: [
      {
        target: 'P15',
        what: 'submit to done over the links',
        unit: '/s',
        ours: { name: `${WORKERS} workers`, value: rates.many },
        reference: { name: `${FEW_WORKERS} workers`, value: rates.few },
        bound: LOSS,
      },
      {
        target: 'P15',
        what: 'processor of the manager',
        unit: 'cores',
        ours: { name: `${WORKERS} workers holding a job each`, value: core },
        reference: { name: 'the wanted most', value: IDLE_MOST },
        bound: { kind: 'at most', ratio: 1 },
      },
    ],
    notes: [`they beat every ${BEAT_MS / 1000} s and renew every ${RENEW_MS / 1000} s`],
  };
}

/** @returns jobs a second that launchers get, none of which is a process; each launcher takes as many as make 1,000 in all */
async function handedOut(rig: Rig, workers: number): Promise<number> {
  const manager = await Manager.start(rig);
  await launchers(rig, manager, workers, ['0', 'ends', '0', String(WORKERS / workers)]);
  const contender = await oursWithLaunchers(rig, manager);
  const jobs = rig.rounds(10_000, 2_000);
  const rates: number[] = [];
  for (let round = 0; round <= rig.rounds(3, 2); round++) {
    const ms = await contender.order({ do: 'cycle', jobs, submitters: 16, concurrency: 0, job: NO_OP });
    if (round > 0) rates.push((jobs / ms) * 1000);
  }
  return median(rates);
}

async function holding(rig: Rig): Promise<number> {
  const manager = await Manager.start(rig);
  await launchers(rig, manager, WORKERS, [String(BEAT_MS), 'stays', String(RENEW_MS), '1']);
  const contender = await oursWithLaunchers(rig, manager);
  await contender.order({ do: 'bulk', jobs: WORKERS, batch: BATCH, job: NO_OP });
  // All beats and no more than all renewals, after what came with the jobs is over.
  await pause(BEAT_MS);
  const seconds = rig.rounds(60, 15);
  const before = cpuSecondsOf(manager.pid);
  await pause(seconds * 1000);
  return (cpuSecondsOf(manager.pid) - before) / seconds;
}

async function launchers(rig: Rig, manager: Manager, count: number, words: readonly string[]): Promise<void> {
  const script = bundledProgram(rig, 'simulated-launchers');
  const program = rig.start([process.execPath, script, manager.url, '0', String(count), ...words]);
  await program.line(/^ready$/, 120_000);
}
