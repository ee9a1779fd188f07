import fc from 'fast-check';
import { LineSplitter } from './line-splitter';

test('lines come whole, with their offsets, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'é', '训', '\n', '\n', ' '), { maxLength: 60 }),
      fc.array(fc.nat(7)),
      (chars, cuts) => {
        const text = chars.join('');
        const bytes = Buffer.from(text);
        const splitter = new LineSplitter(100);
        const lines = [];
        let at = 0;
        for (const size of cuts) {
          lines.push(...splitter.add(bytes.subarray(at, at + size)));
          at = Math.min(bytes.length, at + size);
        }
        lines.push(...splitter.add(bytes.subarray(at)), ...splitter.end());
        const wanted = text.split('\n');
        if (wanted.at(-1) === '') wanted.pop();
        expect(lines.map((line) => line.text)).toEqual(wanted);
        for (const { offset, text } of lines)
          expect(bytes.subarray(offset - 100, offset - 100 + Buffer.byteLength(text)).toString()).toBe(text);
      },
    ),
  );
});

test('a line without end is given out in the end', () => {
  const splitter = new LineSplitter(0);
  const piece = Buffer.alloc(300_000, 'x');
  const lines = [1, 2, 3, 4].flatMap(() => splitter.add(piece));
  expect(lines.map(({ offset, text }) => [offset, text.length])).toEqual([[0, 1_200_000]]);
});
