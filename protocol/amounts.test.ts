import { durationMs, sizeBytes, sizeText } from './amounts';

test.each([
  [90, 90_000],
  ['90', 90_000],
  ['10s', 10_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
])('%p is %d ms', (written, ms) => expect(durationMs(written)).toBe(ms));

test.each([
  [4096, 4096],
  ['512M', 512 * 2 ** 20],
  ['2G', 2 * 2 ** 30],
  ['2GiB', 2 * 2 ** 30],
  ['1.5 k', 1536],
])('%p is %d bytes', (written, bytes) => expect(sizeBytes(written)).toBe(bytes));

test.each(['', 'soon', '10 parsecs', '-1s', '1e3'])('%p is neither', (written) => {
  expect(durationMs(written)).toBeNull();
  expect(sizeBytes(written)).toBeNull();
});

test.each([
  [300, '300'],
  [64 * 2 ** 20, '64M'],
  [1.5 * 2 ** 30, '1.5G'],
])('%p bytes is %s to people', (bytes, text) => expect(sizeText(bytes)).toBe(text));
