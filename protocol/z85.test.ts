import { fromZ85, isZ85Key, toZ85 } from './z85';

test("the RFC's own example, both ways", () => {
  const bytes = Uint8Array.of(0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b);
  expect(toZ85(bytes)).toBe('HelloWorld');
  expect(fromZ85('HelloWorld')).toEqual(bytes);
});

test('every byte survives', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(fromZ85(toZ85(bytes))).toEqual(bytes);
});

test('a key has 40 of its characters', () => {
  expect(isZ85Key(toZ85(new Uint8Array(32)))).toBe(true);
  expect(isZ85Key('0'.repeat(39))).toBe(false);
  expect(isZ85Key(`${'0'.repeat(39)}~`)).toBe(false);
});
