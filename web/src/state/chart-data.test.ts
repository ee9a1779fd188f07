import { chartData, highest, newest } from './chart-data';

const reply = (mean: (number | null)[]) => ({ from_ms: 10_000, step_ms: 1000, figures: { cpu: { mean, peak: mean } } });

it('keeps holes, and adds what was heard since', () => {
  const data = chartData(reply([1, null, 3, null]), 'cpu', [
    { atMs: 11_500, value: 9 },
    { atMs: 13_000, value: 4 },
  ]);
  expect(data).toEqual({ seconds: [10, 11, 12, 13], mean: [1, null, 3, 4], peak: [1, null, 3, 4] });
  expect([newest(data), highest(data)]).toEqual([4, 4]);
});

it('draws no line over a silence', () => {
  const { mean } = chartData(reply([1]), 'cpu', [
    { atMs: 12_000, value: 2 },
    { atMs: 60_000, value: 3 },
  ]);
  expect(mean).toEqual([1, 2, null, 3]);
});

it('has nothing to say of what was not measured', () => {
  const data = chartData(reply([]), 'read', []);
  expect([newest(data), highest(data), data.mean]).toEqual([null, null, []]);
});
