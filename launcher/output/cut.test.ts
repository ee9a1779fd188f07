import { afterCut } from './cut';
import { newFrom } from './head';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('after a cut, with a hundred bytes seen and sixty shipped', () => {
  const seen = { shift: 0, end: 100, shippedTo: 60, newFrom: null };

  test('a file that is empty has lost the rest', () => {
    expect(afterCut({ ...seen, size: 0 })).toEqual({ goneTo: 100, shift: 100 });
  });

  test('what is there of it may be what the manager has: it is passed over', () => {
    const { goneTo, shift } = afterCut({ ...seen, size: 50 });
    expect({ goneTo, next: goneTo - shift }).toEqual({ goneTo: 100, next: 50 });
  });

  test('what lies behind the place shipped last was never sent, and is', () => {
    const { goneTo, shift } = afterCut({ ...seen, size: 80 });
    expect({ goneTo, next: goneTo - shift, end: shift + 80 }).toEqual({ goneTo: 80, next: 60, end: 100 });
  });

  test('a head of new bytes is the proof that it was emptied', () => {
    expect(afterCut({ ...seen, size: 50, newFrom: 0 })).toEqual({ goneTo: 100, shift: 100 });
    expect(afterCut({ ...seen, size: 500, newFrom: 0 })).toEqual({ goneTo: 100, shift: 100 });
    expect(afterCut({ ...seen, size: 50, newFrom: 8 })).toEqual({ goneTo: 100, shift: 92 });
  });

  test('where new bytes begin behind the place shipped last, what is before them is sent too', () => {
    const { goneTo, shift } = afterCut({ ...seen, size: 90, newFrom: 70 });
    expect({ goneTo, next: goneTo - shift, end: shift + 90 }).toEqual({ goneTo: 70, next: 60, end: 100 });
  });

  test('also of a file that was cut before', () => {
    const again = { shift: 30, end: 100, shippedTo: 100, newFrom: null, size: 20 };
    const { goneTo, shift } = afterCut(again);
    expect({ goneTo, next: goneTo - shift }).toEqual({ goneTo: 100, next: 20 });
  });
});

test.each([
  ['begins with other bytes', 'old\n', 'new\n', 0],
  ['is as it was, and no longer', 'old\nmore\n', 'old\n', null],
  ['begins with the same line', 'same\n10:00 old\n', 'same\n10:01 new\n', 5],
  ['was freed, and holds new bytes', '\0\0\0\0', 'new\n', 0],
  ['was freed, and cut in the hole', '\0\0\0\0', '\0\0ne', 2],
])('a head that %s', (_how, was, is, expected) => {
  expect(newFrom(bytes(was), bytes(is))).toBe(expected);
});
