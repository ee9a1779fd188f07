import { age, bytes, localTime, percent, secondsAfter, zonedTime } from './amounts';
import { sentence } from './sentence';

test('ages', () => {
  const shown = [-5, 999, 41_000, 59_999, 60_000, 1_320_000, 10_920_000, 86_399_000, 442_800_000].map(age);
  expect(shown).toEqual(['0s', '0s', '41s', '59s', '1m', '22m', '3h02m', '23h59m', '5d03h']);
});

test('bytes never take more than four characters', () => {
  const shown = [0, 512, 1000, 1024, 1290, 10_200, 1_023_000, 36_700_160, 227_633_266_688, 5e15].map(bytes);
  expect(shown).toEqual(['0B', '512B', '1.0K', '1.0K', '1.3K', '10K', '999K', '35M', '212G', '4547T']);
});

test('the rest', () => {
  expect([percent(7.9), percent(0.004), secondsAfter(10_060), secondsAfter(-3)]).toEqual([
    '790%',
    '0%',
    '10.1s',
    '0.0s',
  ]);
  expect(localTime(new Date(2026, 0, 31, 12, 0, 3).getTime())).toBe('2026-01-31 12:00:03');
});

test('moments in a sentence are told by the reader, with the zone, and nothing else of it is touched', () => {
  const atMs = Date.UTC(2026, 6, 31, 12, 0, 3);
  expect(sentence('disabled by ana: 2026-07-31 (until 2026-07-31T12:00:03.000Z)')).toBe(
    `disabled by ana: 2026-07-31 (until ${zonedTime(atMs)})`,
  );
  expect(sentence('silent since 2026-07-31T12:00:03Z, for 4 s')).toBe(`silent since ${zonedTime(atMs)}, for 4 s`);
  const [, date, time, zone] = /^(\S+) (\S+) ([+-]\d\d:\d\d)$/.exec(zonedTime(atMs)) ?? [];
  expect(Date.parse(`${date}T${time}${zone}`)).toBe(atMs);
});
