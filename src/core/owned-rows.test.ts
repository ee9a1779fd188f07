import * as fc from 'fast-check';
import type { WorkerId } from '../../protocol/ids';
import { OwnedRows } from './owned-rows';

interface Row {
  readonly worker: WorkerId;
  readonly n: number;
}

test('what one worker has is what a look at all rows would find, whatever was set and deleted', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const worker = fc.constantFrom('w1', 'w2', 'w3') as fc.Arbitrary<WorkerId>;
  const step = fc.oneof(fc.record({ id, worker, n: fc.nat() }), id);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const rows = new OwnedRows<string, Row>();
      for (const one of steps)
        if (typeof one === 'string') rows.delete(one);
        else rows.set(one.id, one);
      for (const owner of ['w1', 'w2', 'w3'] as WorkerId[]) {
        const found = [...rows.values()].filter((row) => row.worker === owner);
        expect(new Set(rows.of(owner))).toEqual(new Set(found));
        expect(rows.countOf(owner)).toBe(found.length);
      }
    }),
  );
});
