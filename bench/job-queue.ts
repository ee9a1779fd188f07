/**
 * P12. The queue alone, no process born: durable jobs submitted one by one and in bulk, taken, and noted as done. Ours is
 * the manager, asked over HTTP, every answer after an fsync; the peers by their own libraries with a database on loopback,
 * of which Redis has an fsync a second, and a second one an fsync before each answer, as all others have. The engine in its
 * own program says what of ours is HTTP.
 */
import type { Measure } from './measure';
import { Absent } from './peers/install';
import { flushedBullmq, PEERS, type Contender } from './queues/contender';
import type { QueueOrder } from './queues/driven-queue';
import { ENGINE, engineAlone, ours, OURS } from './queues/ours';
import type { Comparison } from './report';
import type { Rig } from './rig';
import { median } from './statistics';

const NO_OP = { command: null } as const;
const BATCH = 1_000;
/** Of the worker that takes no-op jobs. */
const CONCURRENCY = 50;
/** What bulk submission is to reach whatever the peers do. */
const BULK_LEAST = 20_000;

const PARTS = [
  'submitted by 16',
  'submitted in bulk',
  'taken and done',
  'submit to done, 1 submitter',
  'submit to done, 4 submitters',
  'submit to done, 16 submitters',
] as const;
type Part = (typeof PARTS)[number];

/** Jobs a second, by round. */
type Rates = Record<Part, number[]>;

export const jobQueue: Measure = {
  name: 'job-queue',
  title: 'durable jobs a second, none of them a process',
  async run(rig) {
    const notes: string[] = [];
    const contenders: Contender[] = [(await ours(rig)).contender, await engineAlone(rig)];
    for (const open of [...PEERS, flushedBullmq]) {
      const contender = await open(rig, 'throughput');
      if (contender instanceof Absent) notes.push(contender.why);
      else contenders.push(contender);
    }
    const found = contenders.map((contender) => ({ contender, rates: noRates() }));
    for (let round = 0; round <= rig.rounds(3, 1); round++)
      for (const { contender, rates } of found)
        for (const [part, perSecond] of await partsOf(contender, rig))
          // The first round warms up.
          if (round > 0) rates[part].push(perSecond);
    return {
      comparisons: comparisonsOf(found.map(({ contender: { name }, rates }) => ({ name, rates }))),
      notes: [...notes, 'the first three in parts of a round, the others with a worker at work while jobs come'],
    };
  },
};

const noRates = (): Rates => Object.fromEntries(PARTS.map((part) => [part, [] as number[]])) as Rates;

/** Every part leaves the queue empty. */
async function partsOf(contender: Contender, rig: Rig): Promise<(readonly [Part, number])[]> {
  const rate = async (order: QueueOrder & { readonly jobs: number }): Promise<number> =>
    (order.jobs / (await contender.order(order))) * 1000;
  const jobs = rig.rounds(10_000, 4_000);
  const worker = { concurrency: CONCURRENCY, job: NO_OP };
  // Few submitters are slow, and their rate needs fewer jobs to show.
  const cycle = (submitters: 1 | 4 | 16): Promise<number> =>
    rate({ do: 'cycle', jobs: (jobs * (submitters === 16 ? 8 : submitters)) / 8, submitters, ...worker });
  return [
    ['submitted by 16', await rate({ do: 'submit', jobs, submitters: 16, job: NO_OP })],
    ['taken and done', await rate({ do: 'drain', jobs, ...worker })],
    ['submitted in bulk', await rate({ do: 'bulk', jobs, batch: BATCH, job: NO_OP })],
    ['taken and done', await rate({ do: 'drain', jobs, ...worker })],
    ['submit to done, 1 submitter', await cycle(1)],
    ['submit to done, 4 submitters', await cycle(4)],
    ['submit to done, 16 submitters', await cycle(16)],
  ];
}

function comparisonsOf(found: readonly { readonly name: string; readonly rates: Rates }[]): Comparison[] {
  const mine = found.find(({ name }) => name === OURS)?.rates ?? noRates();
  const compared = (part: Part, name: string, value: number, bound: Comparison['bound']): Comparison => ({
    target: 'P12',
    what: part,
    unit: '/s',
    ours: { name: OURS, value: median(mine[part]) },
    reference: { name, value },
    bound,
  });
  const peers = found.filter(({ name }) => name !== OURS);
  return [
    compared('submitted in bulk', 'the wanted least', BULK_LEAST, { kind: 'at least', ratio: 1 }),
    ...PARTS.flatMap((part) =>
      peers.map(({ name, rates }) =>
        compared(
          part,
          name,
          median(rates[part]),
          part === 'taken and done' || name === ENGINE ? null : { kind: 'above', ratio: 1 },
        ),
      ),
    ),
  ];
}
