import * as fc from 'fast-check';
import { exitOfStatus } from './exit';
import { decideRestart, NO_RESTARTS, RestartPolicy, type RestartHistory } from './restart-policy';

const HOUR_MS = 3_600_000;
const policy = RestartPolicy.parse({ delayMs: 1000, maxRestarts: 3, windowMs: 600_000, healthyAfterMs: 60_000 });
const died = (history: RestartHistory, ranMs: number, nowMs = 0, status = 1, over = policy) =>
  decideRestart(over, history, { exit: exitOfStatus(status, nowMs), ranMs, nowMs, random: 0 });

test('the delay doubles with each quick death, and the budget ends it', () => {
  let history = NO_RESTARTS;
  for (const [attempt, delayMs] of [
    [1, 1000],
    [2, 2000],
    [3, 4000],
  ]) {
    const decision = died(history, 10);
    expect(decision).toMatchObject({ kind: 'restart', attempt, atMs: delayMs });
    if (decision.kind === 'restart') history = decision.history;
  }
  expect(died(history, 10)).toEqual({
    kind: 'fail',
    why: 'exit code 1; 3 restarts in the last 600 s is the limit (max_restarts 3)',
  });
});

test('a healthy life resets delay and budget; a loop after a healthy hour is braked like one from the start', () => {
  const spent = { restartsAtMs: [1, 2, 3] };
  const healthy = died(spent, HOUR_MS, 10);
  expect(healthy).toMatchObject({ kind: 'restart', attempt: 1, atMs: 1010 });
  let history = healthy.kind === 'restart' ? healthy.history : NO_RESTARTS;
  const kinds = [1, 2, 3].map(() => {
    const decision = died(history, 10, 20);
    if (decision.kind === 'restart') history = decision.history;
    return decision.kind;
  });
  expect(kinds).toEqual(['restart', 'restart', 'fail']);
});

test('restarts older than the window no longer count', () => {
  expect(died({ restartsAtMs: [0, 1, 2] }, 10, 600_001)).toMatchObject({ kind: 'restart', attempt: 2 });
});

test.each([
  ['on-failure', 0, 'end'],
  ['on-failure', 1, 'restart'],
  ['on-failure', 137, 'restart'],
  ['always', 0, 'restart'],
  ['never', 1, 'fail'],
  ['never', 0, 'end'],
] as const)('%s, status %d: %s', (when, status, kind) => {
  expect(died(NO_RESTARTS, 10, 0, status, { ...policy, when }).kind).toBe(kind);
});

test('whatever it lives through, no more than the budget restarts without a healthy life fall into one window', () => {
  const life = fc.record({
    ranMs: fc.integer({ min: 0, max: 120_000 }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  const spec = fc.record({
    delayMs: fc.integer({ min: 0, max: 5000 }),
    delayMaxMs: fc.integer({ min: 0, max: 30_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    maxRestarts: fc.integer({ min: 0, max: 6 }),
    windowMs: fc.integer({ min: 1, max: 600_000 }),
  });
  fc.assert(
    fc.property(spec, fc.array(life, { maxLength: 60 }), (given, lives) => {
      const over = RestartPolicy.parse({ ...given, when: 'on-failure' });
      let history = NO_RESTARTS;
      let nowMs = 0;
      let sinceHealthy: number[] = [];
      for (const { ranMs, random } of lives) {
        nowMs += ranMs;
        if (ranMs >= over.healthyAfterMs) sinceHealthy = [];
        const decision = decideRestart(over, history, { exit: exitOfStatus(1, nowMs), ranMs, nowMs, random });
        if (decision.kind !== 'restart') {
          expect(sinceHealthy.filter((at) => at > nowMs - over.windowMs).length).toBeGreaterThanOrEqual(
            over.maxRestarts,
          );
          return;
        }
        sinceHealthy.push(nowMs);
        expect(sinceHealthy.filter((at) => at > nowMs - over.windowMs).length).toBeLessThanOrEqual(over.maxRestarts);
        expect(decision.atMs - nowMs).toBeLessThanOrEqual(Math.ceil(over.delayMaxMs * (1 + over.jitter)));
        expect(decision.atMs).toBeGreaterThanOrEqual(nowMs);
        history = decision.history;
        nowMs = decision.atMs;
      }
    }),
  );
});
