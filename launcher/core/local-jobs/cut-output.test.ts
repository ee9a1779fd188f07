import { missingText, partsKept, tornAtEnd, tornAtStart } from './cut-output';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('what fits is kept whole', () => {
  expect(partsKept(100, 100)).toEqual([{ from: 0, to: 100 }]);
  expect(partsKept(0, 0)).toEqual([{ from: 0, to: 0 }]);
});

test('of more, beginning and end, and with the line between them no more than the limit', () => {
  const [head, tail] = partsKept(1_000_000, 1_000);
  expect([head.from, tail?.to]).toEqual([0, 1_000_000]);
  const kept = head.to + (1_000_000 - (tail?.from ?? 0));
  expect(kept + missingText(1_000_000_000_000, 1_000).length).toBeLessThanOrEqual(1_000);
});

test('no character is cut in two', () => {
  for (const character of ['ä', '語', '🚀'])
    for (let at = 1; at < bytes(character).length; at++) {
      const [before, after] = [bytes(`x${character}`).subarray(0, 1 + at), bytes(`${character}x`).subarray(at)];
      expect(Buffer.from(before.subarray(0, before.length - tornAtEnd(before))).toString()).toBe('x');
      expect(Buffer.from(after.subarray(tornAtStart(after))).toString()).toBe('x');
    }
  expect([tornAtEnd(bytes('xä')), tornAtStart(bytes('äx')), tornAtEnd(bytes('')), tornAtStart(bytes(''))]).toEqual([
    0, 0, 0, 0,
  ]);
});
