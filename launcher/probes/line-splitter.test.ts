import fc from 'fast-check';
import { LINE_BYTES_MAX, LineSplitter } from './line-splitter';

function linesOf(...pieces: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.take(Buffer.from(piece));
  return lines;
}

test.each([
  [['a\nb\n'], ['a', 'b']],
  [['a', 'b\nc'], ['ab']],
  [['a\r\nb\r\n'], ['a', 'b']],
  [
    ['a\r', '\nb\n'],
    ['a', 'b'],
  ],
  [['10%\r20%\r'], ['10%', '20%']],
  [['\n\n'], ['', '']],
  [['a\r\r\nb\n'], ['a', '', 'b']],
  [['é'.slice(0), '\n'], ['é']],
])('%j', (pieces, lines) => expect(linesOf(...pieces)).toEqual(lines));

test('how it is cut into pieces changes nothing', () => {
  const text = fc.stringMatching(/^[ab\r\n]{0,40}$/);
  fc.assert(
    fc.property(text, fc.array(fc.nat(40)), (whole, cuts) => {
      const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
      const pieces = places.slice(1).map((end, i) => whole.slice(places[i], end));
      expect(linesOf(...pieces)).toEqual(linesOf(whole));
    }),
  );
});

test('a line of a megabyte is given once, by its first 64 KiB; the next line is whole', () => {
  const lines = linesOf(...Array.from({ length: 16 }, () => 'x'.repeat(64 * 1024)), 'tail\nnext\n');
  expect(lines.map(({ length }) => length)).toEqual([LINE_BYTES_MAX, 4]);
  expect(lines[1]).toBe('next');
});

test('exactly 64 KiB and a newline is one line', () => {
  expect(linesOf('y'.repeat(LINE_BYTES_MAX), '\n', 'z\n').map(({ length }) => length)).toEqual([LINE_BYTES_MAX, 1]);
});

test('a megabyte of noise without a newline holds no more than a line', () => {
  const noise = Buffer.from(Array.from({ length: 1024 * 1024 }, (_, i) => (i * 7919) & 0xff)).map((byte) =>
    byte === 10 || byte === 13 ? 0 : byte,
  );
  expect(linesOf(Buffer.from(noise)).length).toBe(1);
});
