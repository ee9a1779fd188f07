import { EVENTS_KEPT, lastContactMs, NOTHING_YET, withDelta, withSnapshot, withUsage, type Fleet } from './fleet';
import { aDelta, anEvent, aProcess, aSnapshot, aWorker } from './samples.test-data';
import { latest } from './usage-ring';

const started = (): Fleet =>
  withSnapshot(
    NOTHING_YET,
    aSnapshot({ seq: 7, workers: [aWorker('w')], processes: [aProcess('w/a'), aProcess('w/b')] }),
  );
const applied = (fleet: Fleet, delta: ReturnType<typeof aDelta>): Fleet => {
  const after = withDelta(fleet, delta);
  if (after === 'hole') throw new Error('hole');
  return after;
};

it('changes only the rows that a delta names', () => {
  const before = started();
  const after = applied(before, aDelta({ seq: 8, processes: [aProcess('w/a', { state: 'failed' })] }));
  expect(after.processes.get('w/a')?.state).toBe('failed');
  expect(after.processes.get('w/b')).toBe(before.processes.get('w/b'));
  expect(after.workers).toBe(before.workers);
});

it('removes what is no more', () => {
  const after = applied(started(), aDelta({ seq: 8, removed_processes: ['w/a'], removed_workers: ['w'] }));
  expect([...after.processes.keys()]).toEqual(['w/b']);
  expect(after.workers.size).toBe(0);
});

it('sees a missing delta, ignores an old one, and knows nothing before the first snapshot', () => {
  expect(withDelta(started(), aDelta({ seq: 9 }))).toBe('hole');
  const before = started();
  expect(withDelta(before, aDelta({ seq: 7, removed_workers: ['w'] }))).toBe(before);
  expect(withDelta(NOTHING_YET, aDelta({ seq: 1 }))).toBe('hole');
});

it('keeps a bounded number of events', () => {
  let fleet = started();
  for (let i = 0; i < EVENTS_KEPT + 50; i++) fleet = applied(fleet, aDelta({ seq: 8 + i, events: [anEvent(i)] }));
  expect(fleet.events.length).toBe(EVENTS_KEPT);
  expect(fleet.events.at(-1)?.seq).toBe(EVENTS_KEPT + 49);
});

it('takes use and signs of life from ticks, and keeps them over a reconnect', () => {
  let fleet = withUsage(started(), {
    at_ms: 5_000,
    workers: [['w', 4_900, 0.5, 0.25]],
    processes: [
      ['w/a', 1.5, 1024],
      ['w/nobody', 1, 1],
    ],
    devices: [['w', [DEVICE]]],
  });
  expect(fleet.devices.get('w')).toEqual([DEVICE]);
  expect(latest(fleet.usage.get('w/a'))).toEqual({ atMs: 5_000, cpu: 1.5, rssBytes: 1024 });
  expect(fleet.usage.has('w/nobody')).toBe(false);
  expect(lastContactMs(fleet, aWorker('w', { last_contact_ms: 10 }))).toBe(4_900);
  fleet = withSnapshot(fleet, aSnapshot({ seq: 1, processes: [aProcess('w/a')] }));
  expect(fleet.usage.get('w/a')?.count).toBe(1);
  // A row that is told anew has its devices as they are now.
  expect(fleet.devices.has('w')).toBe(false);
});
const DEVICE = { index: 0, name: 'Test 9000', memory_total_bytes: 24, memory_used_bytes: 20, utilization: 0.9 };
