import type { Exit } from '../../../protocol/exit';
import { afterAttempt, type AttemptEnd } from './outcome';
import { taskOf } from './task-samples';
import type { TaskIn } from './task';

const runs = (ending: 'cancelled' | 'preempted' | 'timeout' | null, maxRetries = 0): TaskIn<'running'> =>
  taskOf({
    id: 't',
    maxRetries,
    state: { kind: 'running', startedAtMs: 10, bootId: 'boot', ending },
  }) as TaskIn<'running'>;
const exit = (exitCode: number | null, kind: 'own' | 'asked' | 'stranger', signal: string | null = null): Exit => ({
  exitCode,
  signal,
  atMs: 20,
  source: 'record',
  cause: { kind, evidence: '' },
});
const end = (how: Exit | null, rejected: string | null = null): AttemptEnd => ({ exit: how, why: 'because', rejected });
const stateAfter = (task: TaskIn<'running'>, how: AttemptEnd) => afterAttempt(task, how, 50).state;

test('by itself: exit code 0 is completed, all else failed with how', () => {
  expect(stateAfter(runs(null), end(exit(0, 'own')))).toEqual({ kind: 'completed', startedAtMs: 10, endedAtMs: 50 });
  expect(stateAfter(runs(null), end(exit(7, 'own')))).toMatchObject({
    kind: 'failed',
    exitCode: 7,
    error: 'exit code 7',
  });
  expect(stateAfter(runs(null), end(exit(null, 'stranger', 'SIGKILL')))).toMatchObject({
    kind: 'failed',
    exitCode: -1,
  });
});

test('asked to end: cancelled, waiting again without a retry spent, or out of time', () => {
  const killed = end(exit(null, 'asked', 'SIGTERM'));
  expect(stateAfter(runs('cancelled', 3), killed)).toMatchObject({ kind: 'cancelled', exitCode: -1 });
  expect(afterAttempt(runs('preempted', 3), killed, 50)).toMatchObject({
    state: { kind: 'pending', notBeforeMs: null },
    retryCount: 0,
  });
  expect(stateAfter(runs('timeout'), killed)).toMatchObject({ kind: 'failed', error: 'timed out after 60 s' });
  expect(afterAttempt(runs('timeout', 1), killed, 50)).toMatchObject({
    state: { kind: 'pending', notBeforeMs: 1_050 },
    retryCount: 1,
  });
});

test('how it obeyed does not count: exit code 0 after SIGTERM is no completion', () => {
  expect(stateAfter(runs('preempted'), end(exit(0, 'asked')))).toMatchObject({ kind: 'pending' });
  expect(stateAfter(runs('timeout'), end(exit(0, 'asked')))).toMatchObject({ kind: 'failed' });
});

test('an end of its own, just before it was asked to, counts for what it is', () => {
  for (const ending of ['cancelled', 'preempted', 'timeout'] as const)
    expect(stateAfter(runs(ending), end(exit(0, 'own')))).toMatchObject({ kind: 'completed' });
});

test('never born: no retry is of use; rejected says so', () => {
  expect(stateAfter(runs(null, 5), end(null))).toMatchObject({ kind: 'failed', startedAtMs: null, error: 'because' });
  expect(stateAfter(runs(null, 5), end(null, 'not allowed'))).toMatchObject({
    kind: 'failed',
    exitCode: -1,
    error: 'command rejected: not allowed',
  });
});

test('an end that nobody saw is a failure, in the words of who looked', () => {
  const unknown: Exit = { exitCode: null, signal: null, atMs: 20, source: 'unknown', cause: null };
  expect(stateAfter(runs(null), end(unknown))).toMatchObject({ kind: 'failed', error: 'because', exitCode: -1 });
});
