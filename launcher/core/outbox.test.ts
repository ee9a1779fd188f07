import fc from 'fast-check';
import { AttemptId } from '../../protocol/jobs';
import type { LauncherFact, SequencedFact } from '../../protocol/link';
import { COALESCE_ABOVE, Outbox } from './outbox';
import { newcomer } from './supervisor-state';
import { reportOf } from './report';
import { SPEC } from './supervisor-samples';

const removed = (n: number): LauncherFact => ({ kind: 'process.removed', process: SPEC.name, why: String(n) });
const changed: LauncherFact = { kind: 'process.changed', report: reportOf(newcomer(SPEC, 0), 0) };
const filled = (count: number): Outbox => {
  const outbox = new Outbox();
  for (let n = 1; n <= count; n++) outbox.put(removed(n), n);
  return outbox;
};
const seqs = (facts: readonly SequencedFact[]) => facts.map(({ seq }) => seq);

test('facts are numbered, taken once, and all again on a new connection', () => {
  const outbox = filled(3);
  expect(seqs(outbox.take(2))).toEqual([1, 2]);
  expect(seqs(outbox.take(10))).toEqual([3]);
  outbox.resend();
  expect(seqs(outbox.take(10))).toEqual([1, 2, 3]);
});

test('an acknowledgement counts for everything before it, and said twice does no more', () => {
  const outbox = filled(5);
  expect(seqs(outbox.take(4))).toEqual([1, 2, 3, 4]);
  expect(seqs(outbox.acknowledge(3))).toEqual([1, 2, 3]);
  expect(outbox.acknowledge(3)).toEqual([]);
  outbox.put(removed(6), 6);
  expect(seqs(outbox.take(10))).toEqual([5, 6]);
  expect(seqs(outbox.facts)).toEqual([4, 5, 6]);
});

const progress = (percent: number): LauncherFact => ({
  kind: 'attempt.progress',
  attempt: AttemptId.parse('j.1'),
  percent,
  message: null,
});

test('a manager that is away for long costs one state per process and attempt, and no end is dropped', () => {
  const outbox = filled(10);
  outbox.take(10);
  for (let n = 0; n < COALESCE_ABOVE / 2 + 500; n++)
    for (const fact of [changed, progress(n % 100)]) outbox.put(fact, n);
  const left = seqs(outbox.facts);
  expect(outbox.facts.length).toBeLessThan(COALESCE_ABOVE + 500);
  expect(outbox.facts.filter(({ fact }) => fact.kind === 'process.removed')).toHaveLength(10);
  expect(seqs(outbox.take(COALESCE_ABOVE * 2))).toEqual(left.slice(10));
});

test('whatever is lost on the way, the manager hears every fact in order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('put', 'take', 'ack', 'cut'), { maxLength: 100 }), (all) => {
      const outbox = new Outbox();
      let puts = 0;
      let heard = 0; // the manager applies seq heard+1 only
      const deliver = (max: number) => {
        for (const { seq } of outbox.take(max)) if (seq === heard + 1) heard = seq;
      };
      for (const what of all)
        if (what === 'put') outbox.put(removed(++puts), 0);
        else if (what === 'take') deliver(2);
        else if (what === 'ack') outbox.acknowledge(heard);
        else outbox.resend();
      deliver(1000);
      expect(heard).toBe(puts);
    }),
  );
});
