import { CommandId } from '../../protocol/ids';
import { reportOf } from './report';
import { step } from './supervisor';
import { nextTimerMs, type Supervised, type SupervisorState } from './supervisor-state';
import type { SupervisorEvent } from './supervisor-words';
import {
  certificate,
  CLEAN_EXIT,
  EVENTS,
  FAILED_EXIT,
  IDENTITY,
  NEXT_RUN,
  RUN,
  SPEC,
  STATES,
  supervised,
  TURN,
} from './supervisor-samples';

const command = CommandId.parse('c1');
const asked = { by: 'test', why: '', command };
const inState = (kind: SupervisorState['kind'], change: Partial<Supervised> = {}): Supervised => {
  const state = STATES.find((sample) => sample.kind === kind);
  if (state === undefined) throw new Error(`no sample of ${kind}`);
  return supervised(state, change);
};

describe('single cells', () => {
  test('a start is answered when the child is up, with its pid', () => {
    const started = step(inState('stopped'), { kind: 'start', ...asked }, TURN);
    expect(started.effects).toEqual([{ kind: 'spawn', run: NEXT_RUN }]);
    const up = step(
      started.process,
      { kind: 'spawned', run: NEXT_RUN, identity: IDENTITY, unenforced: null, isolation: null },
      TURN,
    );
    expect(up.process.state.kind).toBe('running');
    expect(up.effects).toContainEqual(
      expect.objectContaining({ kind: 'answer', result: expect.objectContaining({ message: 'running, pid 4711' }) }),
    );
  });

  test('a start of a running process is ok and changes nothing', () => {
    const { process, effects } = step(inState('running'), { kind: 'start', ...asked }, TURN);
    expect(process.state.kind).toBe('running');
    expect(effects).toEqual([
      { kind: 'answer', command, result: { ok: true, message: 'already running, pid 4711', certificate: null } },
    ]);
  });

  test('a stop while starting waits for the child and then stops it', () => {
    const asking = step(inState('starting'), { kind: 'stop', ...asked }, TURN);
    expect(asking.effects).toEqual([]);
    const born = step(
      asking.process,
      { kind: 'spawned', run: RUN, identity: IDENTITY, unenforced: null, isolation: null },
      TURN,
    );
    expect(born.process.state.kind).toBe('stopping');
    expect(born.effects).toContainEqual({ kind: 'stopTree', run: RUN, signal: 'SIGTERM' });
  });

  test('kill sends SIGKILL at once and is no longer wanted', () => {
    const { process, effects } = step(inState('running'), { kind: 'kill', ...asked }, TURN);
    expect(effects).toEqual([{ kind: 'killTree', run: RUN }]);
    expect(process.desired).toBe('stopped');
    expect(nextTimerMs(process)).toBeNull();
  });

  test('the grace ends in SIGKILL, once', () => {
    const stopping = step(inState('running'), { kind: 'stop', ...asked }, TURN).process;
    const early = step(stopping, { kind: 'timerDue' }, TURN);
    expect(early.effects).toEqual([]);
    const late = { ...TURN, nowMs: TURN.nowMs + SPEC.stop.graceMs };
    const killed = step(stopping, { kind: 'timerDue' }, late);
    expect(killed.effects).toEqual([{ kind: 'killTree', run: RUN }]);
    expect(step(killed.process, { kind: 'timerDue' }, late).effects).toEqual([]);
  });

  test('exit 0 under on-failure is exited, and no failure', () => {
    const { process } = step(inState('running'), { kind: 'ended', run: RUN, exit: CLEAN_EXIT, remains: 0 }, TURN);
    expect(process.state.kind).toBe('exited');
  });

  test('a crash waits in backoff and starts again when the time is due, without being counted as a first start', () => {
    const crashed = step(inState('running'), { kind: 'ended', run: RUN, exit: FAILED_EXIT, remains: 0 }, TURN);
    expect(crashed.process.state).toMatchObject({ kind: 'backoff', attempt: 1, restartAtMs: TURN.nowMs + 1000 });
    const due = step(crashed.process, { kind: 'timerDue' }, { ...TURN, nowMs: TURN.nowMs + 1000 });
    expect(due.process).toMatchObject({ restarts: 1, state: { kind: 'starting', run: NEXT_RUN } });
  });

  test('descendants that outlive the leader are ended before the restart', () => {
    const crashed = step(inState('running'), { kind: 'ended', run: RUN, exit: FAILED_EXIT, remains: 2 }, TURN);
    expect(crashed.process.state).toMatchObject({ kind: 'stopping', then: 'policy' });
    expect(crashed.effects).toContainEqual({ kind: 'stopTree', run: RUN, signal: 'SIGTERM' });
    const gone = step(
      crashed.process,
      { kind: 'treeGone', run: RUN, exit: FAILED_EXIT, certificate: certificate() },
      TURN,
    );
    expect(gone.process.state.kind).toBe('backoff');
  });

  test('what could not be ended is failed, and nothing starts beside it', () => {
    const left = certificate([{ pid: 5, command: 'stuck' }]);
    const stopping = step(inState('running'), { kind: 'stop', ...asked }, TURN).process;
    const failed = step(stopping, { kind: 'treeLeft', run: RUN, certificate: left }, TURN);
    expect(failed.process.state).toMatchObject({ kind: 'failed', leftover: RUN });
    expect(failed.process.state.why).toBe('not stopped: SIGKILL did not end 5 (stuck)');
    const refused = step(failed.process, { kind: 'start', ...asked }, TURN);
    expect(refused.effects).toEqual([expect.objectContaining({ result: expect.objectContaining({ ok: false }) })]);
    const gone = step(
      refused.process,
      { kind: 'treeGone', run: RUN, exit: FAILED_EXIT, certificate: certificate() },
      TURN,
    );
    expect(gone.process.state.kind).toBe('stopped');
  });

  test('after a reboot what was wanted runs again and what was stopped stays stopped', () => {
    const reboot: SupervisorEvent = { kind: 'rebooted', run: RUN, exit: FAILED_EXIT };
    expect(step(inState('running'), reboot, TURN).process.state.kind).toBe('starting');
    expect(step(inState('running', { desired: 'stopped' }), reboot, TURN).process.state.kind).toBe('stopped');
  });

  test('a spent budget is told for as long as it holds; an operator start forgives it', () => {
    const restartsAtMs = Array.from({ length: 10 }, () => TURN.nowMs - 1);
    const failed = step(
      inState('running', { history: { restartsAtMs } }),
      { kind: 'ended', run: RUN, exit: FAILED_EXIT, remains: 0 },
      TURN,
    );
    expect(failed.process.state.kind).toBe('failed');
    expect(failed.process.state.why).toContain('is the limit (max_restarts 10)');
    expect(step(failed.process, { kind: 'start', ...asked }, TURN).process.history.restartsAtMs).toEqual([]);
    const nextDayMs = TURN.nowMs + 86_400_000;
    expect(reportOf(failed.process, nextDayMs).restartsCounted).toBe(10);
  });
});

test.each(STATES.map((state) => [state.kind, state] as const))(
  'stop in %s, said twice, does no more',
  (_kind, state) => {
    const once = step(supervised(state), { kind: 'stop', ...asked, command: null }, TURN);
    const twice = step(once.process, { kind: 'stop', ...asked, command: null }, TURN);
    expect(twice.effects.filter(({ kind }) => kind === 'stopTree' || kind === 'spawn')).toEqual([]);
    expect(twice.process.desired).toBe('stopped');
  },
);

test('late news of another run changes nothing', () => {
  for (const state of STATES)
    for (const event of EVENTS)
      if ('run' in event) {
        const before = supervised(state);
        expect(step(before, { ...event, run: NEXT_RUN }, TURN)).toEqual({
          process: before,
          effects: [],
        });
      }
});
