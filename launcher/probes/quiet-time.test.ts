import { lookEveryMs, QuietTime } from './quiet-time';

test('quiet adds up from look to look, and ends when something is heard', () => {
  const quiet = new QuietTime(0, 250);
  expect([250, 500, 750].map((atMs) => quiet.look(atMs))).toEqual([250, 500, 750]);
  quiet.heard(900);
  expect(quiet.look(1_000)).toBe(100);
});

test('a machine that slept for an hour made nobody silent for an hour', () => {
  const quiet = new QuietTime(0, 250);
  quiet.look(250);
  expect(quiet.look(3_600_250)).toBe(750);
});

test('a clock that went back takes nothing away and adds nothing', () => {
  const quiet = new QuietTime(1_000, 250);
  quiet.look(1_250);
  expect(quiet.look(0)).toBe(250);
  expect(quiet.look(250)).toBe(500);
});

test('four looks in the time, within bounds', () =>
  expect([100, 1_000, 60_000, 86_400_000].map(lookEveryMs)).toEqual([25, 250, 15_000, 30_000]));
