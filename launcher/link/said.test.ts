import { Said } from './said';

test('a trouble is said when it begins, when it changes, and again after half a minute', () => {
  const said = new Said();
  const at = (sentence: string, ms: number) => said.isDue(sentence, ms);
  expect([at('a', 0), at('a', 29_999), at('a', 30_000), at('a', 30_001)]).toEqual([true, false, true, false]);
  expect([at('b', 30_002), at('a', 30_003)]).toEqual([true, true]);
  said.forget();
  expect(at('a', 30_004)).toBe(true);
});
