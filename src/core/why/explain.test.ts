import { ownAsker } from '../../../protocol/trust';
import { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import type { Explanation } from '../../../protocol/views';
import type { ProcessReport, ProcessState } from '../../../protocol/process-state';
import {
  backoff,
  exitedWith,
  failed,
  report,
  running,
  RUN,
  stopped,
  TestFleet,
  waiting,
  withRecovery,
} from '../test-fleet';
import { workerState } from '../views';
import { askedIn } from './asked';
import { explain, targetOf } from './explain';

function why(fleet: TestFleet, name: string, isNode = false): Explanation {
  const look = { model: fleet.model, settings: fleet.settings, nowMs: fleet.nowMs };
  const target = targetOf(look, name, isNode);
  if (target instanceof Refusal) throw target;
  const events = fleet.events.filter(({ worker_id: worker, process }) =>
    target.kind === 'worker' ? worker === target.worker.id : `${worker}/${process}` === target.process.key,
  );
  return explain(look, target, events);
}
const as = (state: ProcessState, more: Partial<ProcessReport> = {}, spec: Record<string, unknown> = {}): TestFleet => {
  const fleet = new TestFleet();
  fleet.join('w1', running(), { spec });
  fleet.change('w1', state, more);
  return fleet;
};
const said = ({ evidence }: Explanation): string => evidence.map(({ what }) => what).join('\n');

describe('the cause', () => {
  test.each([
    [
      'its own end',
      exitedWith(3, { kind: 'own', evidence: 'it exited with code 3' }),
      'exit',
      /exit code 3/,
      'the program',
    ],
    ['an end nobody looked into', exitedWith(3), 'exit', /exit code 3/, 'the program'],
    [
      'memory',
      exitedWith(137, { kind: 'oom', evidence: 'memory limit 2 GB' }),
      'oom',
      /out of memory.*memory limit 2 GB/,
      'the kernel',
    ],
    [
      'a stranger',
      exitedWith(137, { kind: 'stranger', evidence: 'no stop was asked' }),
      'stranger',
      /SIGKILL.*neither ProcGuard.*no stop was asked/,
      'somebody on its machine',
    ],
    ['a signal of unknown origin', exitedWith(137), 'exit', /SIGKILL; who sent the signal cannot be said/, 'unknown'],
    [
      'a failed probe',
      exitedWith(143, { kind: 'probe', evidence: 'GET http://x/ answered 503, 3 times' }),
      'probe',
      /probe failed: GET http:\/\/x\/ answered 503/,
      'its launcher',
    ],
    [
      'an end without record',
      { ...exitedWith(0), exitCode: null, source: 'unknown' as const },
      'exit',
      /exit unknown/,
      'unknown',
    ],
  ] as const)('%s', (_name, exit, kind, cause, by) => {
    const seen = why(as(backoff(2, exit)), 'w1');
    expect(seen).toMatchObject({ target: 'w1/w1', state: 'backoff', cause_kind: kind, by });
    expect(seen.cause).toMatch(cause);
    expect(seen.next).toEqual({ what: 'restart 2 of 10', at_ms: 1_700_000_001_000 });
    expect(said(seen)).toContain('its last run ended');
  });

  test('an operator stop: who, from where, when, why, and how it was verified', () => {
    const fleet = as(running());
    fleet.ask({ kind: 'control', id: 'w1', process: null, verb: 'stop', by: ownAsker('operator 10.0.0.7') });
    const askedMs = fleet.nowMs;
    fleet.change('w1', {
      ...stopped('stopped by operator 10.0.0.7: disk swap'),
      certificate: {
        run: RUN,
        requestedAtMs: askedMs,
        finishedAtMs: askedMs + 1200,
        verifiedBy: 'cgroup',
        seen: [
          { pid: 7, command: 'a', goneAtMs: askedMs + 1 },
          { pid: 8, command: 'b', goneAtMs: askedMs + 1200 },
        ],
        signals: [{ signal: 'SIGTERM', afterMs: 0, to: 'group' }],
        left: [],
        exit: null,
      },
    } as ProcessState);
    const seen = why(fleet, 'w1');
    expect(seen).toMatchObject({
      cause_kind: 'operator',
      cause: 'stopped by operator 10.0.0.7: disk swap',
      by: 'operator 10.0.0.7',
      next: null,
      advice: ['procguard start w1/w1'],
    });
    expect(seen.evidence).toEqual(
      expect.arrayContaining([
        { at_ms: askedMs, what: 'operator 10.0.0.7 asked to stop' },
        {
          at_ms: askedMs + 1200,
          what: 'its last stop: SIGTERM; all 2 processes gone after 1.2 s (its cgroup is empty)',
        },
      ]),
    );
  });

  test('a spent budget, with what ended the last run', () => {
    const exit = exitedWith(137, { kind: 'oom', evidence: 'memory limit 2 GB' });
    const fleet = as(failed(exit), { restartsCounted: 3 }, { restart: { maxRestarts: 3 } });
    const seen = why(fleet, 'w1');
    expect(seen).toMatchObject({ cause_kind: 'budget', next: null });
    expect(seen.cause).toMatch(/3 restarts within 10 min is the limit \(max_restarts 3\).*memory limit 2 GB/);
  });

  test('a spent budget of one that is to run always, and ends well', () => {
    const fleet = as(failed(exitedWith(0)), { restartsCounted: 3 }, { restart: { when: 'always', maxRestarts: 3 } });
    expect(why(fleet, 'w1')).toMatchObject({ cause_kind: 'budget', by: 'its launcher' });
  });

  test('a policy that never restarts is no budget', () => {
    const fleet = as(failed(exitedWith(3)), {}, { restart: { when: 'never' } });
    expect(why(fleet, 'w1')).toMatchObject({
      cause_kind: 'exit',
      cause: 'it ended by itself: exit code 3; the policy is never to restart',
    });
  });

  test('what could not be started', () => {
    const fleet = as(failed(null, 'could not be started: there is no directory /nowhere'));
    expect(why(fleet, 'w1')).toMatchObject({
      cause_kind: 'start',
      cause: expect.stringContaining('/nowhere') as string,
    });
  });

  test('a dependency that is not ready: how it stands, and what lies behind that, to the end of the chain', () => {
    const fleet = new TestFleet();
    fleet.join('w1', { web: waiting('w2/api', 'w9/gone') });
    fleet.join('w2', { api: waiting('w2/db'), db: failed(exitedWith(7)) });
    const seen = why(fleet, 'web');
    expect(seen).toMatchObject({ target: 'w1/web', cause_kind: 'dependency', by: 'w2/api, w9/gone' });
    expect(seen.behind).toEqual([
      { target: 'w2/api', state: 'waiting', cause: expect.stringContaining('w2/db to be ready') as string },
      { target: 'w2/db', state: 'failed', cause: 'it ended by itself: exit code 7' },
      { target: 'w9/gone', state: 'unknown', cause: 'no such process is known here' },
    ]);
    expect(seen.next?.what).toContain('as soon as');
    expect(seen.advice).toContain('procguard explain w2/api');
  });

  test('a circle of waits has an end', () => {
    const fleet = new TestFleet();
    fleet.join('w1', { a: waiting('w1/b'), b: waiting('w1/a') });
    expect(why(fleet, 'a').behind.map(({ target }) => target)).toEqual(['w1/b']);
  });

  test('a lost worker: since when silent, and its own explanation', () => {
    const fleet = as(running());
    const lastMs = fleet.nowMs;
    fleet.pass(10_000);
    fleet.nowMs += 5000;
    const seen = why(fleet, 'w1');
    expect(seen).toMatchObject({
      state: 'unknown',
      cause_kind: 'worker-lost',
      since_ms: lastMs + 10_000,
      behind: [{ target: 'w1', state: 'offline', cause: expect.stringContaining('timeout of 10 s') as string }],
    });
    expect(seen.cause).toContain('for 15 s');
    expect(seen.evidence).toContainEqual({ at_ms: lastMs, what: 'last contact with worker w1' });
    expect(why(fleet, 'w1', true)).toMatchObject({ target: 'w1', state: 'offline', cause_kind: 'worker-lost' });
  });

  test('a lost worker whose process was over says how that was', () => {
    const fleet = as(failed(exitedWith(3)));
    fleet.pass(10_000);
    expect(why(fleet, 'w1')).toMatchObject({ state: 'failed', cause_kind: 'exit' });
  });

  test('disabled: who, why, until', () => {
    const untilMs = 1_700_000_600_000;
    const disabled = { by: 'ana', reason: 'disk swap', sinceMs: 1_700_000_000_000, untilMs };
    const seen = why(as(stopped('disabled by ana: disk swap'), { disabled, desired: 'running' }), 'w1');
    expect(seen).toMatchObject({
      cause_kind: 'disabled',
      by: 'ana',
      cause: expect.stringContaining('disk swap') as string,
      next: { what: 'it is enabled by itself, and starts, as was wanted', at_ms: untilMs },
    });
    expect(seen.advice).toContain('procguard enable w1/w1');
  });

  test('superseded: where it runs now, and how it is there', () => {
    const fleet = new TestFleet(withRecovery({ reassign: true }));
    fleet.join('w1', running());
    fleet.join('w2', stopped(), { labels: { 'accept-reassigned': 'w*' } });
    fleet.pass(10_000, 'w2');
    fleet.tell('w2', { kind: 'process.changed', report: report('w1', running(9)) });
    expect(why(fleet, 'w1/w1')).toMatchObject({
      cause_kind: 'superseded',
      by: 'FailureHandler',
      behind: [{ target: 'w2/w1', state: 'running' }],
    });
  });

  test("FailureHandler's hand, with what it found", () => {
    const fleet = as(running());
    fleet.find('w1/w1', 'unhealthy', 'unhealthy: 503');
    fleet.change('w1', running(9, 'restarted by FailureHandler: unhealthy: 503'));
    const seen = why(fleet, 'w1');
    expect(seen).toMatchObject({ cause_kind: 'recovery', by: 'FailureHandler' });
    expect(said(seen)).toContain('FailureHandler found: unhealthy: 503');
  });

  test('why it runs: started, or started again after what', () => {
    expect(why(as(running()), 'w1')).toMatchObject({ cause_kind: 'start', by: '--auto-start' });
    expect(why(as(running(8, 'started by operator 10.0.0.7')), 'w1')).toMatchObject({ cause_kind: 'operator' });
    const again = running(8, 'restart 1 of 10, after killed by SIGKILL');
    const lastExit = exitedWith(137, { kind: 'stranger', evidence: 'no stop was asked' });
    expect(why(as(again, { lastExit }), 'w1')).toMatchObject({
      cause_kind: 'stranger',
      cause: expect.stringContaining('it runs again (restart 1 of 10)') as string,
    });
  });

  test('starting, not ready yet, stopping', () => {
    const starting = { kind: 'starting', why: 'started by operator 10.0.0.7', sinceMs: 1, run: RUN } as const;
    expect(why(as(starting), 'w1')).toMatchObject({ cause_kind: 'start', by: 'operator 10.0.0.7' });
    const notReady = { ...running(), readyAtMs: null } as ProcessState;
    const ready = { check: { kind: 'tcp', port: 5432 }, withinMs: 60_000 };
    expect(why(as(notReady, {}, { ready }), 'w1')).toMatchObject({
      cause_kind: 'start',
      cause: expect.stringContaining('tcp 127.0.0.1:5432') as string,
      next: { at_ms: 1_700_000_060_000 },
    });
    const stopping = { kind: 'stopping', sinceMs: 1, run: RUN, killAtMs: 99, then: 'restart' } as const;
    const byProbe = as({ ...stopping, why: 'not alive: no output for 30 s' });
    expect(why(byProbe, 'w1')).toMatchObject({ cause_kind: 'probe', next: { at_ms: 99 } });
    const byHand = as({ ...stopping, why: 'restarted by operator 10.0.0.7' });
    expect(why(byHand, 'w1')).toMatchObject({ cause_kind: 'operator', by: 'operator 10.0.0.7' });
  });

  test('never started', () => {
    const fleet = new TestFleet();
    fleet.join('w1', stopped());
    expect(why(fleet, 'w1')).toMatchObject({
      cause_kind: 'none',
      cause: 'it was never started',
      by: 'nobody',
    });
  });

  test('a stop that could not end everything names what is left', () => {
    const certificate = {
      run: RUN,
      requestedAtMs: 1,
      finishedAtMs: 2,
      verifiedBy: 'cgroup',
      seen: [],
      signals: [],
      left: [{ pid: 99, command: 'stuck' }],
      exit: null,
    } as const;
    const state = {
      ...failed(),
      why: 'not stopped: SIGKILL did not end 99 (stuck)',
      certificate,
    } as unknown as ProcessState;
    const seen = why(as(state), 'w1');
    expect(seen.cause).toContain('could not end 1 process');
    expect(said(seen)).toContain('still there: 99 stuck');
  });
});

describe('a worker', () => {
  test('that is silent says when it will be lost', () => {
    const fleet = as(running());
    const lastMs = fleet.nowMs;
    fleet.pass(5000);
    expect(why(fleet, 'w1', true)).toMatchObject({
      state: 'stale',
      cause_kind: 'worker-lost',
      next: { what: 'it is lost, if it stays silent', at_ms: lastMs + 10_000 },
    });
  });

  test('without a process of its name needs no flag', () => {
    const fleet = new TestFleet();
    fleet.join('w1', { a: running(), b: stopped() });
    expect(why(fleet, 'w1')).toMatchObject({ target: 'w1', cause: 'it is connected, and 1 of its processes run' });
  });

  test('runs as many as its row says: one in backoff does not run, and may run once nobody can say', () => {
    const fleet = new TestFleet();
    fleet.join('w1', { a: running(), b: backoff(2, exitedWith(3)) });
    expect(why(fleet, 'w1', true).cause).toBe('it is connected, and 1 of its processes run');
    const worker = fleet.model.workers.get('w1' as WorkerId);
    expect(worker && workerState(fleet.model, worker).why).toBe('1 running');
    fleet.pass(60_000);
    expect(why(fleet, 'w1', true).cause).toContain('2 processes may run there');
  });
});

test('who asked is read from the sentence, whatever stands in the reason', () => {
  expect(askedIn('stopped by operator ::1: "x": y; z')).toEqual({ did: 'stopped', by: 'operator ::1' });
  expect(askedIn('started by --auto-start')).toEqual({ did: 'started', by: '--auto-start' });
  expect(askedIn('disabled by ana, until it is enabled')).toEqual({ did: 'disabled', by: 'ana' });
  expect(askedIn('enabled by the clock: it was disabled until x; it stays stopped')).toEqual({
    did: 'enabled',
    by: 'the clock',
  });
  expect(askedIn('exit code 1; given up')).toBeNull();
});
