import type { Exit, ExitCause } from '../../../protocol/exit';
import type { StopCertificate } from '../../../protocol/process-state';
import { certificate as gone, CLEAN_EXIT, FAILED_EXIT, RUN } from '../supervisor-samples';
import { endOf, unbornEnd } from './attempt-end';
import type { Stop } from './attempt-rows';

const PREEMPTED: Stop = { outcome: 'preempted', by: 'queue', why: 'preempted by j_9', isAsked: true };
const TOO_LONG: Stop = { outcome: 'timeout', by: 'the launcher', why: 'ran longer than 60 s', isAsked: false };
const reached: StopCertificate = { ...gone(), signals: [{ signal: 'SIGTERM', afterMs: 0, to: 'pid 5' }] };

const by = (exit: Exit, kind: ExitCause['kind']): Exit => ({ ...exit, cause: { kind, evidence: 'seen' } });
const end = (exit: Exit, stop: Stop | null, certificate: StopCertificate | null = null, isOfAnotherBoot = false) => {
  const { outcome, why } = endOf({ run: RUN, exit, certificate, outputBytes: 0, isOfAnotherBoot }, stop, {
    silenceMs: 500,
  });
  return [outcome, why];
};
const UNKNOWN: Exit = { ...FAILED_EXIT, exitCode: null, source: 'unknown' };

test.each([
  ['exit 0', end(by(CLEAN_EXIT, 'own'), null), ['completed', 'exit code 0']],
  ['exit 7', end(by(FAILED_EXIT, 'own'), null), ['failed', 'exit code 7']],
  ['asked to stop', end(by(FAILED_EXIT, 'asked'), PREEMPTED, reached), ['preempted', 'stopped: preempted by j_9']],
  [
    'asked to stop, and obeyed',
    end(by(CLEAN_EXIT, 'asked'), PREEMPTED, reached),
    ['preempted', 'stopped: preempted by j_9'],
  ],
  [
    'completed before the stop reached it',
    end(by(CLEAN_EXIT, 'asked'), PREEMPTED, gone()),
    ['completed', 'exit code 0'],
  ],
  [
    'completed, and what it left behind was ended',
    end(by(CLEAN_EXIT, 'own'), null, reached),
    ['completed', 'exit code 0'],
  ],
  ['ran too long', end(by(FAILED_EXIT, 'asked'), TOO_LONG, reached), ['timeout', 'ran longer than 60 s']],
  ['silent for too long, and obeyed', end(by(CLEAN_EXIT, 'probe'), null, reached), ['timeout', 'no output for 0.5 s']],
  ['the machine was restarted', end(UNKNOWN, null, null, true), ['lost', 'the machine was restarted while it ran']],
  ['its shim was killed', end(UNKNOWN, null)[0], 'failed'],
])('%s', (_what, got, wanted) => {
  expect(got).toEqual(wanted);
});

test('what never began ends as it was asked, and otherwise as who says so', () => {
  expect(unbornEnd(PREEMPTED, { outcome: 'refused', why: 'no such program' })).toMatchObject({
    run: null,
    outcome: 'preempted',
    why: 'stopped: preempted by j_9; it had not begun',
  });
  expect(unbornEnd(null, { outcome: 'refused', why: 'no such program' })).toMatchObject({ outcome: 'refused' });
});
