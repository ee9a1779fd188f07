import type { EventView } from '../../protocol/views';
import { FreshEvents } from './fresh-events';

const events = (...seqs: number[]): EventView[] =>
  seqs.map((seq) => ({
    seq,
    at_ms: seq,
    kind: 'process.running',
    level: 'info',
    worker_id: 'w1',
    process: 'p',
    run_id: null,
    by: 'launcher',
    message: '',
  }));
const seqsOf = (told: readonly EventView[]): number[] => told.map(({ seq }) => seq);

let fresh: FreshEvents;
beforeEach(() => (fresh = new FreshEvents()));

test('what comes before the first answer is told behind it, and not a second time', () => {
  expect(fresh.of(events(6, 7, 8))).toEqual([]);
  expect(seqsOf(fresh.begin(events(4, 5, 6, 7), 5))).toEqual([8]);
  expect(seqsOf(fresh.of(events(8, 9)))).toEqual([9]);
});

test('the answer may know more than the feed has told yet', () => {
  expect(fresh.begin(events(5, 6, 7), 5)).toEqual([]);
  expect(seqsOf(fresh.of(events(6)))).toEqual([]);
  expect(seqsOf(fresh.of(events(7, 8)))).toEqual([8]);
});

test('of what was before, no more than was asked for', () => {
  fresh.of(events(6, 7));
  expect(fresh.begin(events(7), 5)).toEqual([]);
  expect(seqsOf(fresh.of(events(8)))).toEqual([8]);
});

test('with nothing asked for, what comes', () => {
  expect(fresh.hasBegun).toBe(false);
  fresh.of(events(6));
  expect(seqsOf(fresh.begin([], 5))).toEqual([6]);
  expect(fresh.hasBegun).toBe(true);
});
