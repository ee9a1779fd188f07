import { AgeClock } from './age-clock';

const DAY_MS = 24 * 3_600_000;
const NEWEST_MS = 1_700_000_000_000;

test('a clock that starts a year ahead of everything stored ages nothing by that year, for a day', () => {
  const startMs = NEWEST_MS + 365 * DAY_MS;
  const clock = new AgeClock(startMs, NEWEST_MS);
  expect(clock.read(startMs)).toBe(NEWEST_MS);
  expect(clock.read(startMs + 1_000)).toBe(NEWEST_MS + 1_000);
  expect(clock.read(startMs + DAY_MS)).toBe(startMs + DAY_MS);
});

test.each([
  ['an hour away', NEWEST_MS + 3_600_000, NEWEST_MS],
  ['a year behind', NEWEST_MS - 365 * DAY_MS, NEWEST_MS],
  ['with nothing stored', NEWEST_MS, -Infinity],
])('one that starts %s is believed', (_, startMs, newestMs) => {
  expect(new AgeClock(startMs, newestMs).read(startMs)).toBe(startMs);
});
