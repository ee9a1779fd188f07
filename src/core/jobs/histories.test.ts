/** Random histories of a pool: whatever happens in whatever order, what must hold of jobs holds after each step. */
import * as fc from 'fast-check';
import { History } from './test-history';
import { step } from './test-steps';

/** More by hand: HISTORIES=20000 npx jest src/core/jobs/histories */
const HISTORIES = Number(process.env.HISTORIES ?? 300);

test('whatever happens, each job has one life at a time, one end, its turn and its room', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
      const history = new History();
      for (const one of steps) {
        history.happen(one);
        expect(history.broken()).toEqual([]);
      }
    }),
    { numRuns: HISTORIES },
  );
}, 600_000);
