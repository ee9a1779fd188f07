import { gapText } from './gap-text';

test.each([
  [0, 999, '999 bytes'],
  [5, 1205, '1.2 kB'],
  [0, 12_345_678, '12.3 MB'],
  [0, 999_999_999, '1.0 GB'],
])('a gap from %i to %i is told as %s', (from, to, amount) => {
  expect(gapText({ from, to, reason: 'retention' })).toBe(
    `--- ${amount} missing here: forgotten by retention (logs.* in the configuration) ---`,
  );
});

test('what could not be counted whole is told as the least', () => {
  expect(gapText({ from: 7, to: 7, reason: 'file-truncated' })).toMatch(/^--- at least 0 bytes missing here/);
});
