import { ProcessName, runIdOf, WorkerId } from '../../../../protocol/ids';
import type { KeepRules } from '../../../engine/log-store-port';
import { toForget, type KeptRun } from './retention';

const T0 = 1_700_000_000_000;
const HOUR = 3_600_000;
const ALL: KeepRules = {
  runs: 100,
  bytesPerProcess: Infinity,
  bytesPerWorker: Infinity,
  ageMs: Infinity,
  removedAgeMs: Infinity,
};

/** `w/p n` is the n-th run of p on w, which took 10 bytes, an hour after the one before it. */
function kept(name: string, end: KeptRun['end'], more: Partial<KeptRun> = {}): KeptRun {
  const [worker = '', process = '', n = '0'] = name.split(/[/ ]/);
  return {
    worker: WorkerId.parse(worker),
    process: ProcessName.parse(process),
    run: runIdOf(T0 + Number(n) * HOUR, 'abcdefghijkl'),
    end,
    exists: true,
    writtenAtMs: T0 + Number(n) * HOUR,
    diskBytes: 10,
    closed: [],
    ...more,
  };
}
const segments = (...at: number[]): KeptRun['closed'] =>
  at.map((begin) => ({ stream: 'stdout', begin, diskBytes: 10, writtenAtMs: T0 + begin * HOUR }));

function forgotten(runs: readonly KeptRun[], rules: Partial<KeepRules>, missingBytes = 0, nowMs = T0): string[] {
  return toForget(runs, { ...ALL, ...rules }, { nowMs, missingBytes }).map((forget) => {
    const n = (Number(forget.run.run.slice(0, 13)) - T0) / HOUR;
    const name = `${forget.run.worker}/${forget.run.process} ${n}`;
    return forget.kind === 'run' ? name : `${name} from ${forget.segment.begin}`;
  });
}

const MIXED = [
  kept('w/p 1', 'failed'),
  kept('w/p 2', 'clean'),
  kept('w/p 3', 'failed'),
  kept('w/p 4', 'clean'),
  kept('w/p 5', 'clean'),
  kept('w/p 6', null, { diskBytes: 30, closed: segments(0, 1) }),
];

test('nothing goes without a reason', () => {
  expect(forgotten(MIXED, {})).toEqual([]);
});

test('what ended well goes first, then what failed, then the last one, then the oldest of what lives', () => {
  expect(forgotten(MIXED, {}, 1_000, T0 + 10 * HOUR)).toEqual([
    'w/p 2',
    'w/p 4',
    'w/p 1',
    'w/p 3',
    'w/p 5',
    'w/p 6 from 0',
    'w/p 6 from 1',
  ]);
});

test('by number: the living one is not counted', () => {
  expect(forgotten(MIXED, { runs: 3 })).toEqual(['w/p 2', 'w/p 4']);
  expect(forgotten(MIXED, { runs: 5 })).toEqual([]);
});

test('by size of a process, and no more than that', () => {
  expect(forgotten(MIXED, { bytesPerProcess: 65 })).toEqual(['w/p 2', 'w/p 4']);
  expect(forgotten(MIXED, { bytesPerProcess: 25 })).toHaveLength(6);
  expect(forgotten([...MIXED, kept('w/q 0', 'clean')], { bytesPerProcess: 80 })).toEqual([]);
});

test('by size of a worker, over its processes; another worker is not asked', () => {
  const runs = [...MIXED, kept('w/q 0', 'clean'), kept('w/q 3', 'clean'), kept('v/p 0', 'clean')];
  expect(forgotten(runs, { bytesPerWorker: 75 })).toEqual(['w/q 0', 'w/p 2', 'w/p 4']);
});

test('by age: what was not written to for so long, also segments of what lives', () => {
  expect(forgotten(MIXED, { ageMs: 3 * HOUR }, 0, T0 + 5.5 * HOUR)).toEqual([
    'w/p 2',
    'w/p 1',
    'w/p 6 from 0',
    'w/p 6 from 1',
  ]);
});

test('what belongs to nobody any more ages sooner', () => {
  const runs = [kept('w/gone 1', 'clean', { exists: false }), kept('w/p 1', 'clean')];
  expect(forgotten(runs, { ageMs: 100 * HOUR, removedAgeMs: HOUR }, 0, T0 + 3 * HOUR)).toEqual(['w/gone 1']);
});

test('what one rule took counts for the next', () => {
  expect(forgotten(MIXED, { runs: 3, bytesPerProcess: 65, bytesPerWorker: 65 }, 20, T0 + 10 * HOUR)).toEqual([
    'w/p 2',
    'w/p 4',
  ]);
});

test('what is too old is not counted among those that are kept by number', () => {
  const runs = [kept('w/p 1', 'failed'), kept('w/p 2', 'failed'), kept('w/p 8', 'clean'), kept('w/p 9', 'clean')];
  expect(forgotten(runs, { runs: 2, ageMs: 5 * HOUR }, 0, T0 + 10 * HOUR)).toEqual(['w/p 1', 'w/p 2']);
});

test('for the reserve nothing is forgotten that was written within the last hour', () => {
  expect(forgotten(MIXED, {}, 1_000, T0 + 4.5 * HOUR)).toEqual([
    'w/p 2',
    'w/p 1',
    'w/p 3',
    'w/p 6 from 0',
    'w/p 6 from 1',
  ]);
  expect(forgotten(MIXED, { runs: 0 }, 1_000, T0 + 4.5 * HOUR)).toContain('w/p 4');
});
