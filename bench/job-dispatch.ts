/**
 * P14. From a job's submission to its child's main(), on a pool that has nothing to do. Each peer by its own way that
 * waits least; all submit over a connection that is open.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Announcements, buildAnnouncer } from './announcer';
import type { Measure } from './measure';
import { Absent } from './peers/install';
import { Launcher, Manager } from './procguard';
import { PEERS, type Contender } from './queues/contender';
import { OURS, oursWithLaunchers } from './queues/ours';
import type { Comparison } from './report';
import type { Rig } from './rig';
import { median, percentile } from './statistics';

/** Between two jobs of one contender's turn: what comes after an end is not the next job's. */
const REST_MS = 15;
const WARM_UP_ROUNDS = 5;
const P50_MOST_MS = 5;
const P99_MOST_MS = 25;

interface Entrant {
  readonly contender: Contender;
  readonly announcements: Announcements;
  readonly ms: number[];
}

export const jobDispatch: Measure = {
  name: 'job-dispatch',
  title: "job submitted -> child's main(), idle pool",
  async run(rig) {
    const { path: announcer, language } = buildAnnouncer(rig);
    const notes = [`the child is a ${language} program`];
    const entrants: Entrant[] = [];
    for (const open of [procguard, ...PEERS]) {
      const contender = await open(rig, 'latency');
      if (contender instanceof Absent) {
        notes.push(contender.why);
        continue;
      }
      const entrant = { contender, announcements: new Announcements(rig, `${contender.name}-jobs`), ms: [] };
      const job = { command: [announcer, 'once', entrant.announcements.fifo] } as const;
      await contender.order({ do: 'attend', concurrency: 4, job });
      entrants.push(entrant);
    }
    for (let round = 0; round < WARM_UP_ROUNDS + rig.rounds(300, 40); round++)
      for (const { contender, announcements, ms } of entrants) {
        const job = { command: [announcer, 'once', announcements.fifo] } as const;
        const askedMs = await contender.order({ do: 'ask', job });
        const { atMs } = await announcements.next();
        if (round >= WARM_UP_ROUNDS) ms.push(atMs - askedMs);
        await pause(REST_MS);
      }
    return {
      comparisons: comparisonsOf(entrants),
      notes: [
        ...notes,
        ...entrants.map(
          ({ contender: { name }, ms }) =>
            `${name}: p50 ${median(ms).toFixed(2)}, p95 ${percentile(ms, 0.95).toFixed(2)}, p99 ${percentile(ms, 0.99).toFixed(2)} ms`,
        ),
      ],
    };
  },
};

async function procguard(rig: Rig): Promise<Contender> {
  const manager = await Manager.start(rig);
  await Launcher.start(rig, manager, 'bench', [], ['--slots', '4']);
  return oursWithLaunchers(rig, manager);
}

function comparisonsOf([mine, ...others]: readonly Entrant[]): Comparison[] {
  if (mine === undefined) return [];
  const compared = (what: string, value: number, reference: Comparison['reference'], bound: Comparison['bound']) =>
    ({ target: 'P14', what, unit: 'ms', ours: { name: OURS, value }, reference, bound }) as const;
  const most = { kind: 'at most', ratio: 1 } as const;
  return [
    compared('p50', median(mine.ms), { name: 'the wanted most', value: P50_MOST_MS }, most),
    compared('p99', percentile(mine.ms, 0.99), { name: 'the wanted most', value: P99_MOST_MS }, most),
    ...others.map(({ contender: { name }, ms }) => compared('p50', median(mine.ms), { name, value: median(ms) }, null)),
  ];
}
