import { AttemptId } from '../../../protocol/jobs';
import { killAtMs, renewAtMs, stopAtMs, type Trust } from './trust';

const trust = (change: Partial<Trust> = {}): Trust => ({
  attempt: AttemptId.parse('j.1'),
  trustMs: 30_000,
  fromMs: 1_000,
  isRenewed: true,
  ...change,
});

test('trust is over here before it is there: stopped at nine tenths, killed soon after', () => {
  expect([stopAtMs(trust()), killAtMs(trust())]).toEqual([28_000, 30_100]);
  expect(killAtMs(trust())).toBeLessThan(1_000 + 30_000);
});

test.each([
  ['each third of the shortest trust', [trust(), trust({ trustMs: 9_000 })], 2_000, 5_000],
  ['at the latest each minute', [trust({ trustMs: 3_600_000 })], 2_000, 62_000],
  ['a new one within a second', [trust(), trust({ isRenewed: false, fromMs: 5_000 })], 2_000, 6_000],
  ['a new one with a short trust sooner', [trust({ isRenewed: false, fromMs: 5_000, trustMs: 900 })], 2_000, 5_300],
  ['a question that nobody answered is asked again at the usual pace', [trust({ isRenewed: false })], 2_500, 12_500],
  ['nothing is asked where nothing is held', [], 2_000, Infinity],
])('renewals: %s', (_what, trusts, askedAtMs, dueMs) => {
  expect(renewAtMs(trusts, askedAtMs)).toBe(dueMs);
});
