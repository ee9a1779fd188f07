/** One at a time, in order, the first at once, and the loop turns between two. */
import { OneByOne } from './one-by-one';

test('the first is taken at once, the others in order, each with room for everything else before it', async () => {
  const seen: string[] = [];
  const queue = new OneByOne<string>((item) => seen.push(item));
  for (const item of ['a', 'b', 'c']) queue.put(item);
  expect(seen).toEqual(['a']);
  // Each turn of the loop takes one.
  for (const taken of [2, 3]) {
    await new Promise((turned) => setImmediate(turned));
    expect(seen).toHaveLength(taken);
  }
  await new Promise((turned) => setImmediate(turned));
  queue.put('d');
  expect(seen).toEqual(['a', 'b', 'c', 'd']);
});

test('what is put by one that is taken waits its turn, and what waits can be dropped', async () => {
  const seen: number[] = [];
  const queue = new OneByOne<number>((item) => {
    seen.push(item);
    queue.put(item + 1);
  });
  queue.put(0);
  expect(seen).toEqual([0]);
  await new Promise((turned) => setImmediate(turned));
  expect(seen).toEqual([0, 1]);
  queue.drop();
  await new Promise((turned) => setImmediate(turned));
  await new Promise((turned) => setImmediate(turned));
  expect(seen).toEqual([0, 1]);
});
