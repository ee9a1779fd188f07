import { FAILED_EXIT, RUN, supervised } from '../core/supervisor-samples';
import { nextTimerMs } from '../core/supervisor-state';
import { correctedByDisk } from './what-was-left';

const DAY_MS = 86_400_000;
const told = { why: 'because', sinceMs: 0 };
const place = { bootId: 'boot', nowMs: 5_000, isNew: false };

test('a clock set back a day while no launcher was there makes neither a restart nor a stop wait for a day', () => {
  const backoff = supervised({ kind: 'backoff', ...told, exit: FAILED_EXIT, restartAtMs: DAY_MS, attempt: 1 });
  const stopping = supervised({
    kind: 'stopping',
    ...told,
    run: RUN,
    signal: 'SIGTERM',
    further: [],
    killAtMs: DAY_MS,
    killed: false,
    then: 'stop',
    exit: null,
    unwell: null,
    readyAtMs: null,
  });
  for (const process of [backoff, stopping]) {
    const { restart, stop } = process.spec;
    const dueMs = nextTimerMs(correctedByDisk(process, undefined, place).supervised) ?? 0;
    expect(dueMs).toBeLessThanOrEqual(place.nowMs + Math.max(restart.delayMaxMs * (1 + restart.jitter), stop.graceMs));
  }
});

test('a timer that is within reach stays as it is', () => {
  const process = supervised({ kind: 'backoff', ...told, exit: FAILED_EXIT, restartAtMs: 6_000, attempt: 1 });
  expect(correctedByDisk(process, undefined, place)).toEqual({ supervised: process, correction: null });
});
