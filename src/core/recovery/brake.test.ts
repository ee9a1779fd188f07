import * as fc from 'fast-check';
import { backoff, running, stopped, TestFleet, withRecovery } from '../test-fleet';

const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `w${i + 1}`);
const fleetOf = (n: number, settings = withRecovery({})): TestFleet => {
  const fleet = new TestFleet(settings);
  for (const id of names(n)) fleet.join(id, running());
  return fleet;
};
const restarts = (fleet: TestFleet): number =>
  [...fleet.model.commands.values()].filter(({ message }) => message.kind === 'control' && message.verb === 'restart')
    .length;
const kinds = (fleet: TestFleet): string[] => fleet.events.map(({ kind }) => kind);

test('many that die together are one incident, said once, with the stories that led to it', () => {
  const fleet = fleetOf(9);
  for (const id of names(7)) fleet.change(id, backoff());
  expect(fleet.incidents).toMatchObject([
    {
      endedAtMs: null,
      why: '5 of 9 running processes failed within 30 s',
      subjects: names(7).map((id) => `${id}/${id}`),
    },
  ]);
  expect(fleet.stories.map(({ incident }) => incident)).toEqual(Array(7).fill(fleet.incidents[0]!.id));
  expect(kinds(fleet).filter((kind) => kind.startsWith('incident.'))).toEqual(['incident.began']);
  // The launchers' own restarts go on and have their ends.
  fleet.change('w1', running(8));
  expect(fleet.stories[0]).toMatchObject({ stage: 'completed', incident: fleet.incidents[0]!.id });
});

test('few of many are no incident, nor are many that fail one after the other', () => {
  const large = fleetOf(20);
  for (const id of names(6)) large.change(id, backoff());
  expect(large.incidents).toEqual([]);
  const slow = fleetOf(6);
  for (const id of names(6)) {
    slow.change(id, backoff());
    slow.pass(10_000, ...names(6));
  }
  expect(slow.incidents).toEqual([]);
});

test('one process that crashes again and again is one subject, and does not hold the brake of all', () => {
  const fleet = fleetOf(6);
  for (let i = 0; i < 10; i++) {
    fleet.change('w1', backoff());
    fleet.change('w1', running(8 + i));
  }
  expect(fleet.incidents).toEqual([]);
  for (const id of names(5)) fleet.change(id, backoff());
  const { releaseAtMs } = fleet.incidents[0]!;
  fleet.pass(40_000, ...names(6));
  fleet.change('w1', running(99));
  fleet.change('w1', backoff());
  expect(fleet.incidents[0]!.releaseAtMs).toBe(releaseAtMs);
  fleet.change('w6', backoff());
  expect(fleet.incidents[0]!.releaseAtMs).toBe(fleet.nowMs + 60_000);
});

test('while it goes on nothing is restarted; then what is still wrong is, a few at a time', () => {
  const fleet = fleetOf(12);
  for (const id of names(12)) fleet.find(`${id}/${id}`, 'unhealthy');
  // Four were acted on before the fifth made it an incident.
  expect(restarts(fleet)).toBe(4);
  fleet.settleAll();
  expect(fleet.stories.filter(({ isHeld }) => isHeld)).toHaveLength(8);
  expect(fleet.stories.at(-1)).toMatchObject({ stage: 'detected', did: 'nothing yet', actor: null });
  fleet.clear('w12/w12', 'unhealthy');
  expect(fleet.stories.at(-1)).toMatchObject({ stage: 'completed', result: 'it is no longer so' });

  fleet.pass(59_999, ...names(12));
  expect(restarts(fleet)).toBe(0);
  fleet.pass(1, ...names(12));
  expect(fleet.incidents[0]!.endedAtMs).toBe(fleet.nowMs);
  const waves: number[] = [];
  for (let wave = restarts(fleet); wave > 0; wave = restarts(fleet)) waves.push(wave + 0 * fleet.settleAll());
  expect(Math.max(...waves)).toBe(3);
  const ended = fleet.stories.filter(({ result }) => result === 'running').length;
  expect(ended).toBe(4 + 7);
  expect(fleet.stories.every(({ endedAtMs }) => endedAtMs !== null)).toBe(true);
});

test('a recovery that never ends keeps its place only as long as it counts', () => {
  const fleet = fleetOf(9);
  for (const id of names(9)) fleet.find(`${id}/${id}`, 'zombie');
  fleet.settleAll();
  fleet.pass(60_000, ...names(9));
  expect(restarts(fleet)).toBe(3);
  fleet.pass(60_000, ...names(9));
  expect(restarts(fleet)).toBe(5);
});

const reassigning = withRecovery({ reassign: true });

test('a switch that died is one incident and no storm: none of its workers is reassigned, not even the first', () => {
  const fleet = new TestFleet(reassigning);
  for (const id of names(100)) fleet.join(id, running());
  for (let i = 0; i < 50; i++) fleet.join(`idle${i}`, stopped(), { labels: { 'accept-reassigned': 'true' } });
  const idle = Array.from({ length: 50 }, (_, i) => `idle${i}`);
  // Their last beats lie up to a second apart, so they are lost one after the other.
  for (const [i, id] of names(100).entries()) fleet.model.contacts.get(id as never)!.lastContactMs += i * 10;
  fleet.pass(8_000, ...idle);
  for (let ms = 0; ms < 4_000; ms += 10) fleet.pass(10, ...idle);
  expect([...fleet.model.workers.values()].filter(({ presence }) => presence.kind === 'lost')).toHaveLength(100);
  expect(fleet.model.commands.size).toBe(0);
  expect(fleet.incidents).toHaveLength(1);
  expect(fleet.incidents[0]!.subjects).toHaveLength(100);
  expect(fleet.stories).toHaveLength(100);
  expect(fleet.stories.every(({ isHeld, kind }) => isHeld && kind === 'worker-lost')).toBe(true);

  // Sixty come back. Of the others three at a time go to a worker each, and never two to the same.
  for (const id of names(60)) fleet.ask({ kind: 'heard', worker: id as never });
  fleet.pass(60_000, ...idle, ...names(60));
  expect(fleet.model.commands.size).toBe(3);
  const targets = () => [...fleet.model.commands.values()].map(({ worker }) => worker);
  expect(new Set(targets()).size).toBe(3);
  expect(fleet.stories.filter(({ endedAtMs }) => endedAtMs !== null)).toHaveLength(60);
});

test('a lost worker alone is reassigned as ever, whoever else is silent for a moment', () => {
  const fleet = new TestFleet(reassigning);
  fleet.join('w1', running());
  fleet.join('w2', stopped(), { labels: { 'accept-reassigned': 'true' } });
  fleet.pass(10_000, 'w2');
  expect([...fleet.model.commands.values()]).toMatchObject([{ worker: 'w2', message: { kind: 'define' } }]);
  expect(fleet.incidents).toEqual([]);
});

describe('whatever happens', () => {
  const step = fc.record({
    what: fc.constantFrom(
      'find',
      'find',
      'find',
      'clear',
      'crash',
      'run',
      'settle',
      'settle',
      'refuse',
      'pass',
      'silence',
    ),
    who: fc.constantFrom(1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8),
    finding: fc.constantFrom('zombie' as const, 'unhealthy' as const),
    ms: fc.constantFrom(1, 500, 1_000, 5_000, 20_000, 61_000),
  });

  test('no process gets more attempts of a kind than its budget in any window, and at most one incident goes on', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const fleet = fleetOf(8, withRecovery({ maxAttempts: 2, windowMs: 30_000 }));
        const attempts = new Map<string, number[]>();
        const seen = new Set<string>();
        const look = () => {
          for (const { id, message, worker } of fleet.model.commands.values()) {
            if (seen.has(id) || message.kind !== 'control' || message.verb !== 'restart') continue;
            seen.add(id);
            const key = `${worker} ${message.why}`;
            attempts.set(key, [...(attempts.get(key) ?? []), fleet.nowMs]);
          }
          expect(fleet.incidents.filter(({ endedAtMs }) => endedAtMs === null).length).toBeLessThanOrEqual(1);
        };
        for (const { what, who, finding, ms } of steps) {
          const id = `w${who}`;
          const wasBraked = fleet.incidents.some(({ endedAtMs }) => endedAtMs === null);
          const before = seen.size;
          if (what === 'find') fleet.find(`${id}/${id}`, finding);
          if (what === 'clear') fleet.clear(`${id}/${id}`, finding);
          if (what === 'crash') fleet.change(id, backoff());
          if (what === 'run') fleet.change(id, running(fleet.nowMs % 9999));
          if (what === 'settle') fleet.settleAll();
          if (what === 'refuse') fleet.settleAll(false);
          if (what === 'pass') fleet.pass(ms, ...names(8));
          if (what === 'silence') fleet.pass(ms, ...names(8).filter((other) => other !== id));
          look();
          if (wasBraked && fleet.incidents.some(({ endedAtMs }) => endedAtMs === null)) expect(seen.size).toBe(before);
        }
        for (const times of attempts.values())
          for (const from of times)
            expect(times.filter((at) => at >= from && at < from + 30_000).length).toBeLessThanOrEqual(2);
        // Everything that was begun can end.
        fleet.settleAll();
        for (let i = 0; i < 40; i++) {
          fleet.pass(31_000, ...names(8));
          fleet.settleAll();
        }
        expect(fleet.stories.filter(({ isHeld }) => isHeld)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('a burst is one incident, however it is ordered and spread within the window', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(names(12), { minLength: 6 }),
        fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 12, maxLength: 12 }),
        (who, gaps) => {
          const fleet = fleetOf(12);
          for (const [i, id] of who.entries()) {
            fleet.change(id, backoff());
            fleet.pass(gaps[i] ?? 0, ...names(12));
          }
          expect(fleet.incidents).toHaveLength(1);
          expect(new Set(fleet.incidents[0]!.subjects)).toEqual(new Set(who.map((id) => `${id}/${id}`)));
        },
      ),
    );
  });
});
