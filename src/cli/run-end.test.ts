import type { ProcessView } from '../../protocol/views';
import { endOf } from './run-end';

const view = (more: Partial<ProcessView>): ProcessView =>
  ({
    key: 'w1/r',
    state: 'exited',
    why: 'because',
    exit_code: 0,
    signal: null,
    certificate: null,
    last_run: { run_id: 'run', output_bytes: 10 },
    ...more,
  }) as ProcessView;
const ofAll = (): number => 10;

test.each<[string, Partial<ProcessView>, number]>([
  ['its own code', { state: 'failed', exit_code: 7 }, 7],
  ['128 + n for a signal', { state: 'stopped', exit_code: null, signal: 'SIGKILL' }, 137],
  ['1 when nobody knows', { state: 'failed', exit_code: null }, 1],
  ['1 for a signal without a number here', { state: 'failed', exit_code: null, signal: 'SIGNONE' }, 1],
  ['127 when it never ran', { state: 'failed', exit_code: null, last_run: null }, 127],
])('%s', (_what, more, code) => {
  expect(endOf(view(more), ofAll)).toMatchObject({ code });
});

test('what is alive, and what has not been written to its end, is not over', () => {
  for (const state of ['starting', 'running', 'stopping', 'backoff', 'unknown'] as const)
    expect(endOf(view({ state }), ofAll)).toBeNull();
  expect(endOf(view({}), () => 9)).toBeNull();
});

test('one whose end is known before its run is told has run, and what it wrote is waited for', () => {
  expect(endOf(view({ exit_code: 9, last_run: null }), ofAll)).toBeNull();
  expect(endOf(view({ exit_code: null, signal: 'SIGKILL', last_run: null }), ofAll)).toBeNull();
});

test('one that SIGKILL could not end has run, and is no 127', () => {
  const left = { left: [{ pid: 1, command: 'stuck' }] } as ProcessView['certificate'];
  expect(endOf(view({ state: 'failed', last_run: null, certificate: left }), ofAll)).toMatchObject({ code: 1 });
});
