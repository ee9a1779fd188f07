/**
 * The rows of the fault matrix (docs/faults.md) that a schedule can reach: for each, who is on the stage, what the machine
 * is like, and what happens. Two seconds of trouble each, but for jobs.
 */
import type { Verb } from '../../../protocol/link';
import { castOf, type Cast, type Part, type Role } from './cast';
import type { Random } from '../../harness/random';
import { jobRow } from './job-row';
import type { Submission } from './jobs';
import { NET_TROUBLES, type Act, type Deed, type Player, type Setting } from './deeds';

export interface Row {
  /** As in the matrix. */
  readonly title: string;
  readonly make: (
    random: Random,
    /** How many, where jobs run. */
    jobs: number,
  ) => {
    readonly cast: Cast;
    readonly setting: Setting;
    readonly acts: readonly Act[];
    readonly submissions?: readonly Submission[];
    /** Of jobs. */
    readonly trustMs?: number;
  };
}

const SPAN_MS = 2_000;
/** In minutes. */
const DAY = 24 * 60;
const PLAIN: Setting = { diskMb: null, fakeClock: false, openFilesMax: null };
const EVERYDAY: readonly Role[] = ['counter', 'graceful', 'crasher', 'ignorer', 'forker'];
const NASTY: readonly Role[] = ['ignorer', 'forker', 'escaper', 'bomber', 'leaver', 'sleeper', 'reaperless'];
const VERBS: readonly Verb[] = ['start', 'stop', 'restart', 'kill'];
const PLAYERS: readonly (readonly Player[])[] = [['launcher'], ['manager'], ['launcher', 'manager']];

const moment = (random: Random): number => random.between(150, SPAN_MS);
const order = (random: Random, part: Part): Deed => ({ kind: 'order', part, verb: random.pick(VERBS) });

/** Orders at any time, to any process: a fault alone is a rare thing. */
const ordersOf = (random: Random, { parts }: Cast, count: number): Act[] =>
  Array.from({ length: count }, () => ({ atMs: moment(random), deed: order(random, random.pick(parts)) }));

/** A kill 0 to 30 ms behind an order: somewhere in the middle of a start or a stop. */
function killsInTheMiddle(random: Random, cast: Cast, count: number): Act[] {
  return Array.from({ length: count }, () => {
    const atMs = moment(random);
    const part = random.pick(cast.parts);
    const kill: Deed = random.chance(0.25)
      ? { kind: 'kill-shim', part }
      : { kind: 'kill', whom: random.pick(PLAYERS), worker: part.worker, forMs: random.between(0, 400) };
    return [
      { atMs, deed: order(random, part) },
      { atMs: atMs + random.between(0, 30), deed: kill },
    ];
  }).flat();
}

export const ROWS = {
  kills: {
    title: 'kill -9 launcher / manager / both / shim, at every step of start and stop',
    make: (random) => {
      const cast = castOf(random, EVERYDAY, { parts: 4, workers: 2 });
      const extra: Part = { worker: random.pick(cast.workers), process: 'guest', role: random.pick(EVERYDAY) };
      const guest: Act[] = random.chance(0.5)
        ? [
            { atMs: random.between(100, 600), deed: { kind: 'define', part: extra } },
            { atMs: random.between(1_000, SPAN_MS), deed: { kind: 'forget', part: extra } },
          ]
        : [];
      const child: Act = { atMs: moment(random), deed: { kind: 'kill-child', part: random.pick(cast.parts) } };
      return {
        cast,
        setting: PLAIN,
        acts: [...killsInTheMiddle(random, cast, 4), ...ordersOf(random, cast, 4), ...guest, child],
      };
    },
  },
  upgrade: {
    title: 'Upgrade N to N+1 to N under load',
    make: (random) => {
      const cast = castOf(random, EVERYDAY, { parts: 4, workers: 2 });
      const players: Player[] = ['launcher', 'manager', 'launcher', 'manager'];
      const acts = players.map((whom): Act => ({
        atMs: moment(random),
        deed: { kind: 'exchange', whom, worker: random.pick(cast.workers) },
      }));
      return { cast, setting: PLAIN, acts: [...acts, ...ordersOf(random, cast, 5)] };
    },
  },
  trees: {
    title: 'Double fork, setsid, fork bomb, SIGTERM-ignorer, zombie leader, stopped child',
    make: (random) => {
      const cast = castOf(random, NASTY, { parts: 4, workers: 1 });
      const shim: Act = {
        atMs: moment(random),
        deed: { kind: 'freeze', whom: 'shim', part: random.pick(cast.parts), forMs: random.between(100, 600) },
      };
      return {
        cast,
        setting: PLAIN,
        acts: [...ordersOf(random, cast, 7), ...killsInTheMiddle(random, cast, random.between(0, 1)), shim],
      };
    },
  },
  pids: {
    title: 'PID wrap: a pid is given to a stranger',
    make: (random) => {
      const cast = castOf(random, ['counter', 'graceful', 'crasher', 'forker'], { parts: 3, workers: 1 });
      const reuse = Array.from({ length: 2 }, (_, i): Act => ({
        atMs: 300 + i * 800,
        deed: { kind: 'reuse-pid', part: random.pick(cast.parts) },
      }));
      return { cast, setting: PLAIN, acts: [...reuse, ...ordersOf(random, cast, 6)] };
    },
  },
  clock: {
    title: 'Clock set back and forward by up to a year, programs suspended',
    make: (random) => {
      const cast = castOf(random, ['counter', 'crasher', 'graceful', 'ignorer'], { parts: 3, workers: 1 });
      const jumps = Array.from({ length: 4 }, (): Act => ({
        atMs: moment(random),
        deed: {
          kind: 'clock',
          whose: random.pick(['launcher', 'manager']),
          worker: random.pick(cast.workers),
          byMinutes: random.pick([-365, -1, 1, 365]) * DAY,
        },
      }));
      return {
        cast,
        setting: { ...PLAIN, fakeClock: true },
        acts: [
          ...jumps,
          ...ordersOf(random, cast, 5),
          ...killsInTheMiddle(random, cast, 1),
          freeze(random, cast, ['launcher', 'manager']),
        ],
      };
    },
  },
  disk: {
    title: 'Disk full, disk read-only, file descriptors spent',
    make: (random) => {
      const cast = castOf(random, ['counter', 'graceful', 'crasher'], { parts: 3, workers: 1 });
      const openFilesMax = random.chance(0.3) ? random.between(40, 60) : null;
      const trouble: Act = {
        atMs: random.between(300, 700),
        deed: {
          kind: 'disk',
          trouble: random.pick(['full', 'read-only']),
          whose: random.pick(['launcher', 'manager']),
          forMs: random.between(400, 1_200),
        },
      };
      return {
        cast,
        setting: { diskMb: 24, fakeClock: false, openFilesMax },
        acts: [trouble, ...ordersOf(random, cast, 5), ...killsInTheMiddle(random, cast, random.between(0, 1))],
      };
    },
  },
  partition: {
    title: 'Partition one-way, both ways, slow, flapping, cut in a message; frozen peers',
    make: (random) => {
      const cast = castOf(random, EVERYDAY, { parts: 4, workers: 2 });
      const troubles = Array.from({ length: 3 }, (): Act => ({
        atMs: moment(random),
        deed: {
          kind: 'network',
          trouble: random.pick(NET_TROUBLES),
          worker: random.pick(cast.workers),
          forMs: random.between(100, 1_200),
        },
      }));
      return {
        cast,
        setting: PLAIN,
        acts: [...troubles, ...ordersOf(random, cast, 7), freeze(random, cast, ['launcher', 'manager'])],
      };
    },
  },
  backup: {
    title: 'Manager restored from a backup',
    make: (random) => {
      const cast = castOf(random, EVERYDAY, { parts: 3, workers: 2 });
      const acts: Act[] = [
        { atMs: random.between(300, 700), deed: { kind: 'back-up' } },
        { atMs: random.between(1_200, SPAN_MS), deed: { kind: 'restore' } },
      ];
      return { cast, setting: PLAIN, acts: [...acts, ...ordersOf(random, cast, 8)] };
    },
  },
  reboot: {
    title: 'Reboot at any moment',
    make: (random) => {
      const cast = castOf(random, EVERYDAY, { parts: 4, workers: 1 });
      const reboot: Act = { atMs: moment(random), deed: { kind: 'reboot', worker: random.pick(cast.workers) } };
      return {
        cast,
        setting: PLAIN,
        acts: [reboot, ...ordersOf(random, cast, 5), ...killsInTheMiddle(random, cast, random.between(0, 1))],
      };
    },
  },
  jobs: {
    title: 'Jobs: kills of launcher, manager, both; long partitions; frozen peers; clocks set',
    make: jobRow,
  },
  output: {
    title: 'Loud output, 1 MB lines, binary output',
    make: (random) => {
      const cast = castOf(random, ['loud', 'longLines', 'binary'], { parts: 2, workers: 1 });
      return { cast, setting: PLAIN, acts: killsInTheMiddle(random, cast, random.between(1, 2)) };
    },
  },
} as const satisfies Record<string, Row>;
export type RowName = keyof typeof ROWS;

const freeze = (random: Random, { parts }: Cast, whom: readonly Player[]): Act => ({
  atMs: moment(random),
  deed: { kind: 'freeze', whom: random.pick(whom), part: random.pick(parts), forMs: random.between(100, 1_500) },
});
