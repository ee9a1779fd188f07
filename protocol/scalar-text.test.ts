import { scalarOf } from './scalar-text';

test('what is written as a number or a yes is one, everything else is text', () => {
  expect(['5', '-0.5', 'true', 'false'].map(scalarOf)).toEqual([5, -0.5, true, false]);
  for (const text of ['', '007', '1e-4', '1.0', 'NaN', 'Infinity', 'yes', ' 5']) expect(scalarOf(text)).toBe(text);
});
