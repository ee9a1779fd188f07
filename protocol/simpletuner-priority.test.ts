import { fromTheirs, priorityName, toTheirs } from './simpletuner-priority';

test('the defaults and the ends of both scales meet', () => {
  expect([0, 10, 40].map(fromTheirs)).toEqual([10, 5, 1]);
  expect([10, 5, 1].map(toTheirs)).toEqual([0, 10, 40]);
});

test('every one of theirs comes back as itself, and the higher is always the sooner', () => {
  const all = Array.from({ length: 51 }, (_, theirs) => theirs);
  expect(all.map((theirs) => toTheirs(fromTheirs(theirs)))).toEqual(all);
  const ours = all.map(fromTheirs);
  expect(ours).toEqual([...ours].sort((a, b) => b - a));
});

test('ours that are beyond their scale are at its end', () => {
  expect([-10, 20].map(toTheirs)).toEqual([50, 0]);
});

test('levels have their names', () => {
  expect([0, 9, 10, 20, 30, 50].map(priorityName)).toEqual(['low', 'low', 'normal', 'high', 'urgent', 'critical']);
});
