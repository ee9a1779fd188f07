/** The row of jobs: every kind of fault, so many a second, for as long as there are jobs. */
import type { Random } from '../../harness/random';
import { castOf, type Cast } from './cast';
import { NET_TROUBLES, type Act, type Deed, type Player, type Setting } from './deeds';
import { submissionsOf, type Submission } from './jobs';

/** Few jobs are submitted within seconds, many over some minutes: faster than they are done, so that there is a queue. */
const SPAN_MS_MIN = 11_000;
const SUBMIT_MS_PER_JOB = 12;
/** Faults are planned for so long, and end with the jobs. */
const FAULTS_MS_MIN = 15_000;
const FAULT_MS_PER_JOB = 60;
/** Between two faults. Many of them start a program anew, which takes a core for a second: the jobs need it, too. */
const PAUSE_MS = { few: [200, 1_400], many: [500, 3_000] } as const;
const HOUR = 60;
const JUMPS_MINUTES = [-26 * HOUR, -3 * HOUR, -10, -1, 0, 2, 30, 5 * HOUR, 23 * HOUR] as const;

type Trouble = (random: Random, worker: string, trustMs: number) => readonly Timed[];
interface Timed {
  readonly afterMs: number;
  readonly deed: Deed;
}

/** Dealt by turns, so that no kind is left out. */
const TROUBLES: readonly Trouble[] = [
  (random, worker) => [at(0, kill(random, ['launcher'], worker))],
  (random, worker) => [at(0, kill(random, ['launcher'], worker))],
  (random, worker) => [at(0, kill(random, ['manager'], worker))],
  (random, worker) => [at(0, kill(random, ['launcher', 'manager'], worker))],
  (random, worker) => [at(0, freeze('launcher', worker, random.between(100, 1_500)))],
  (random, worker) => [at(0, freeze('manager', worker, random.between(100, 1_500)))],
  (random, worker, trustMs) => [at(0, freeze('launcher', worker, pastTrust(random, trustMs)))],
  (random, worker, trustMs) => [at(0, freeze('manager', worker, pastTrust(random, trustMs)))],
  (random, worker) => [at(0, shortTrouble(random, worker))],
  (random, worker) => [at(0, shortTrouble(random, worker))],
  (random, worker, trustMs) => [at(0, partition(random, worker, trustMs))],
  (random, worker, trustMs) => [at(0, partition(random, worker, trustMs))],
  (random, worker) => jump(random, 'launcher', worker),
  (random, worker) => jump(random, 'manager', worker),
];

export function jobRow(
  random: Random,
  count: number,
): {
  cast: Cast;
  setting: Setting;
  acts: readonly Act[];
  submissions: readonly Submission[];
  trustMs: number;
} {
  const isMany = count > 1_000;
  const cast = castOf(random, ['counter'], { parts: 0, workers: isMany ? 4 : 2, slots: isMany ? 16 : 8 });
  const trustMs = isMany ? 5_000 : 2_000;
  const crowd = { count, trustMs, longShare: isMany ? 0.04 : 0.1 };
  const submissions = submissionsOf(random, crowd, Math.max(SPAN_MS_MIN, count * SUBMIT_MS_PER_JOB));
  const acts: Act[] = [];
  const [pauseMinMs, pauseMaxMs] = PAUSE_MS[isMany ? 'many' : 'few'];
  const untilMs = Math.max(FAULTS_MS_MIN, count * FAULT_MS_PER_JOB);
  /** A lease ends only in a partition or a freeze that nothing else ends, and that no restart of the manager begins anew. */
  let alone: Alone = { whose: '', untilMs: 0 };
  let deck: Trouble[] = [];
  for (let atMs = 400; atMs < untilMs; atMs += random.between(pauseMinMs, pauseMaxMs)) {
    if (deck.length === 0) deck = shuffled(random, TROUBLES);
    const trouble = deck.pop();
    if (trouble === undefined) break;
    const worker = random.pick(cast.workers);
    const timed = trouble(random, worker, trustMs);
    if (atMs < alone.untilMs && timed.some(({ deed }) => disturbs(deed, alone, trustMs))) {
      deck.unshift(trouble);
      continue;
    }
    acts.push(...timed.map(({ afterMs, deed }) => ({ atMs: atMs + afterMs, deed })));
    for (const { deed } of timed)
      if (outlastsTrust(deed, trustMs))
        alone = {
          whose: deed.kind === 'freeze' && deed.whom === 'manager' ? EVERYBODY : worker,
          untilMs: atMs + deed.forMs,
        };
  }
  return { cast, setting: { diskMb: null, fakeClock: true, openFilesMax: null }, acts, submissions, trustMs };
}

type Lasting = Extract<Deed, { kind: 'freeze' | 'network' }>;
const outlastsTrust = (deed: Deed, trustMs: number): deed is Lasting =>
  (deed.kind === 'network' || deed.kind === 'freeze') && deed.forMs > trustMs;

/** Whose leases end just now: a worker's, or everybody's. */
interface Alone {
  readonly whose: string;
  readonly untilMs: number;
}
const EVERYBODY = '*';

function disturbs(deed: Deed, { whose }: Alone, trustMs: number): boolean {
  const isOne = (worker: string): boolean => whose === EVERYBODY || worker === whose;
  switch (deed.kind) {
    case 'kill':
      return deed.whom.includes('manager') || isOne(deed.worker);
    case 'freeze':
      return deed.whom === 'manager' || isOne(deed.part.worker) || outlastsTrust(deed, trustMs);
    case 'network':
      return isOne(deed.worker) || outlastsTrust(deed, trustMs);
    default:
      return false;
  }
}

const at = (afterMs: number, deed: Deed): Timed => ({ afterMs, deed });
const kill = (random: Random, whom: readonly Player[], worker: string): Deed => ({
  kind: 'kill',
  whom,
  worker,
  forMs: random.between(0, 400),
});
const freeze = (whom: Player, worker: string, forMs: number): Deed => ({
  kind: 'freeze',
  whom,
  part: { worker, process: '', role: 'counter' },
  forMs,
});
const pastTrust = (random: Random, trustMs: number): number => random.between(1.5 * trustMs, 3 * trustMs);
const shortTrouble = (random: Random, worker: string): Deed => ({
  kind: 'network',
  trouble: random.pick(NET_TROUBLES),
  worker,
  forMs: random.between(100, 1_200),
});
const partition = (random: Random, worker: string, trustMs: number): Deed => ({
  kind: 'network',
  trouble: random.pick(['cut', 'half-open', 'deaf-manager', 'deaf-worker'] as const),
  worker,
  forMs: pastTrust(random, trustMs),
});

/** What a program does with a clock that jumped is most to be feared when it starts anew under it. */
function jump(random: Random, whose: Player, worker: string): readonly Timed[] {
  const deed: Deed = { kind: 'clock', whose, worker, byMinutes: random.pick(JUMPS_MINUTES) };
  const restart = at(random.between(0, 300), kill(random, [whose], worker));
  return random.chance(0.6) ? [at(0, deed), restart] : [at(0, deed)];
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const deck = [...list];
  for (let i = deck.length - 1; i > 0; i--) {
    const j = random.between(0, i);
    [deck[i], deck[j]] = [deck[j] as T, deck[i] as T];
  }
  return deck;
}
