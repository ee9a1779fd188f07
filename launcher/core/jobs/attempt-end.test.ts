import type { Exit, ExitCause } from '../../../protocol/exit';
import type { StopCertificate } from '../../../protocol/process-state';
import { certificate as gone, CLEAN_EXIT, FAILED_EXIT, RUN } from '../supervisor-samples';
import { endOf, notBornEnd, unbornEnd } from './attempt-end';
import type { Stop } from './attempt-rows';

const PREEMPTED: Stop = { outcome: 'preempted', by: 'queue', why: 'preempted by j_9', isAsked: true };
const TOO_LONG: Stop = { outcome: 'timeout', by: 'the launcher', why: 'ran longer than 60 s', isAsked: false };
const LEASE_OVER: Stop = { outcome: 'lost', by: 'the launcher', why: 'stopped, because ...', isAsked: false };
const reached: StopCertificate = { ...gone(), signals: [{ signal: 'SIGTERM', afterMs: 0, to: 'pid 5' }] };
const killed: StopCertificate = { ...gone(), signals: [{ signal: 'SIGKILL', afterMs: 150, to: 'cgroup' }] };

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
    'completed before what was left of it was killed',
    end(by(CLEAN_EXIT, 'asked'), LEASE_OVER, killed),
    ['completed', 'exit code 0'],
  ],
  ['killed', end(by(FAILED_EXIT, 'asked'), LEASE_OVER, killed), ['lost', LEASE_OVER.why]],
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

test('what keeps it from being born for good is a refusal; what may pass leaves it to be tried again', () => {
  const failed = { kind: 'failed', sinceMs: 1, certificate: null } as const;
  const why = 'could not be started: no such program';
  expect(notBornEnd(null, { ...failed, why, exit: null })).toMatchObject({ run: null, outcome: 'refused', why });
  const passing = 'could not be started: its shim could not be started: spawn /bin/sh EAGAIN';
  expect(
    notBornEnd(null, { ...failed, why: `${passing}; the policy is never to restart`, exit: UNKNOWN }),
  ).toMatchObject({ run: null, exit: null, outcome: 'lost', why: passing, isHindered: true });
  const held = { kind: 'stopped', why: 'not started', sinceMs: 1, exit: null, certificate: null } as const;
  expect(notBornEnd(null, held)).toMatchObject({ outcome: 'lost' });
  const asked = notBornEnd(PREEMPTED, { ...failed, why, exit: null });
  expect(asked).toMatchObject({ outcome: 'preempted' });
  expect(asked).not.toHaveProperty('isHindered');
});
