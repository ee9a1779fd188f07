import fc from 'fast-check';
import { AttemptId } from '../../protocol/jobs';
import type { LauncherFact } from '../../protocol/link';
import { acknowledge, COALESCE_ABOVE, EMPTY_OUTBOX, put, resend, take, type Outbox } from './outbox';
import { newcomer } from './supervisor-state';
import { reportOf } from './report';
import { SPEC } from './supervisor-samples';

const removed = (n: number): LauncherFact => ({ kind: 'process.removed', process: SPEC.name, why: String(n) });
const changed: LauncherFact = { kind: 'process.changed', report: reportOf(newcomer(SPEC, 0), 0) };
const filled = (count: number): Outbox => {
  let outbox = EMPTY_OUTBOX;
  for (let n = 1; n <= count; n++) outbox = put(outbox, removed(n), n);
  return outbox;
};

test('facts are numbered, taken once, and all again on a new connection', () => {
  const first = take(filled(3), 2);
  expect(first.facts.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(take(first.outbox, 10).facts.map(({ seq }) => seq)).toEqual([3]);
  expect(take(resend(first.outbox), 10).facts.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('an acknowledgement counts for everything before it, and said twice does no more', () => {
  const outbox = acknowledge(acknowledge(filled(5), 3), 3);
  expect(outbox.facts.map(({ seq }) => seq)).toEqual([4, 5]);
  expect(put(outbox, removed(6), 6).facts.at(-1)?.seq).toBe(6);
});

const progress = (percent: number): LauncherFact => ({
  kind: 'attempt.progress',
  attempt: AttemptId.parse('j.1'),
  percent,
  message: null,
});

test('a manager that is away for long costs one state per process and attempt, and no end is dropped', () => {
  let outbox = filled(10);
  for (let n = 0; n < COALESCE_ABOVE / 2 + 500; n++) outbox = put(put(outbox, changed, n), progress(n % 100), n);
  expect(outbox.facts.length).toBeLessThan(COALESCE_ABOVE + 500);
  expect(outbox.facts.filter(({ fact }) => fact.kind === 'process.removed')).toHaveLength(10);
});

test('whatever is lost on the way, the manager hears every fact in order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('put', 'take', 'ack', 'cut'), { maxLength: 100 }), (all) => {
      let outbox = EMPTY_OUTBOX;
      let puts = 0;
      let heard = 0; // the manager applies seq heard+1 only
      const deliver = (max: number) => {
        const taken = take(outbox, max);
        outbox = taken.outbox;
        for (const { seq } of taken.facts) if (seq === heard + 1) heard = seq;
      };
      for (const what of all)
        if (what === 'put') outbox = put(outbox, removed(++puts), 0);
        else if (what === 'take') deliver(2);
        else if (what === 'ack') outbox = acknowledge(outbox, heard);
        else outbox = resend(outbox);
      deliver(1000);
      expect(heard).toBe(puts);
    }),
  );
});
