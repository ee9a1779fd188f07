/** When an attempt must be gone: by what the wire saw. */
import type { AttemptAccount } from './job-accounts';
import { BACK_MS, overstays } from './lease-ends';

const seen = (beganAtMs: number, seenAtMs: number): AttemptAccount => ({
  attempt: 'c1.1',
  job: 'c1',
  worker: 'w1',
  beganAtMs,
  isAlone: true,
  devicesAreFree: true,
  devices: [],
  code: null,
  seenAtMs,
});
const SILENCE = { fromMs: 10_000, toMs: 16_000 };
const by = (one: AttemptAccount, absences: { fromMs: number; toMs: number }[] = []) =>
  overstays(
    one,
    [SILENCE],
    absences.map((absence) => ({ worker: 'w1', ...absence })),
    2_000,
  ).map(({ byMs }) => byMs);

test('within a silence it may live for as long as it is trusted', () => {
  expect(by(seen(9_000, 11_900))).toEqual([-100]);
  expect(by(seen(9_000, 12_700))).toEqual([700]);
});

test('one that began in the silence, or lived on behind it, is of it too', () => {
  expect(by(seen(13_000, 13_100))).toEqual([1_100]);
  expect(by(seen(9_000, 20_000))).toEqual([8_000]);
});

test('before and behind it there is nothing to say', () => {
  expect(by(seen(5_000, 9_900))).toEqual([]);
  expect(by(seen(16_100, 19_000))).toEqual([]);
});

test('a launcher that is away has until it is back, and no longer', () => {
  expect(by(seen(9_000, 14_000), [{ fromMs: 11_500, toMs: 12_500 }])).toEqual([14_000 - 12_500 - BACK_MS]);
  expect(by(seen(9_000, 14_000), [{ fromMs: 3_000, toMs: 4_000 }])).toEqual([2_000]);
  expect(by(seen(9_000, 14_000), [{ fromMs: 12_100, toMs: 13_000 }])).toEqual([2_000]);
});
