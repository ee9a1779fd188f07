import fc from 'fast-check';
import { Ring } from './ring';

test('a step holds mean and peak; what was not heard is empty; what is too old is gone', () => {
  const ring = new Ring(10, 3);
  ring.put(100, 1);
  ring.put(105, 3);
  ring.put(121, 5);
  expect([10, 11, 12, 13].map((step) => ring.at(step))).toEqual([
    { mean: 2, peak: 3 },
    null,
    { mean: 5, peak: 5 },
    null,
  ]);
  ring.put(130, 7);
  expect(ring.at(10)).toBeNull();
  expect(ring.at(12)).toEqual({ mean: 5, peak: 5 });
});

test('whatever comes when, each kept step is the mean and the peak of its own values', () => {
  const heard = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 100 })), { minLength: 1 });
  fc.assert(
    fc.property(heard, (told) => {
      const size = 5;
      const ring = new Ring(1, size);
      let newest = -1;
      const kept = new Map<number, number[]>();
      for (const [at, value] of told) {
        ring.put(at, value);
        // News of the past count for the present step: the time they came is known, the time they are of is not.
        newest = Math.max(newest, at);
        kept.set(newest, [...(kept.get(newest) ?? []), value]);
      }
      for (let step = 0; step <= newest; step++) {
        const values = step > newest - size ? kept.get(step) : undefined;
        const shown = ring.at(step);
        if (values === undefined) expect(shown).toBeNull();
        else {
          expect(shown?.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 3);
          expect(shown?.peak).toBe(Math.max(...values));
        }
      }
    }),
  );
});
