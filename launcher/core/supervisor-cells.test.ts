/** Single cells about what holds a birth back, what ends a run that nobody asked to end, and the steps of a stop. */
import type { Exit } from '../../protocol/exit';
import { CommandId } from '../../protocol/ids';
import { ProcessSpec } from '../../protocol/process-spec';
import type { ProcessState } from '../../protocol/process-state';
import { reportOf } from './report';
import { step } from './supervisor';
import { goesOn, newcomer, nextTimerMs, type Supervised } from './supervisor-state';
import type { Step, SupervisorEvent } from './supervisor-words';
import { certificate, CLEAN_EXIT, FAILED_EXIT, IDENTITY, NEXT_RUN, NOW_MS, TURN, UNMET } from './supervisor-samples';

const asked = { by: 'ana', why: 'disk swap', command: CommandId.parse('c1') };
const START: SupervisorEvent = { kind: 'start', ...asked };
const SPAWNED: SupervisorEvent = { kind: 'spawned', run: NEXT_RUN, identity: IDENTITY, unenforced: [], isolation: [] };
const BLOCKED = { ...TURN, unmet: [UNMET] };

const processOf = (change: object = {}): Supervised =>
  newcomer(ProcessSpec.parse({ name: 'p', command: 'x', ...change }), 0);
/** Up, after a start whose answer may still be owed. */
const upOf = (change: object = {}): Supervised =>
  step(step(processOf(change), START, TURN).process, SPAWNED, TURN).process;
const gone = (exit = CLEAN_EXIT): SupervisorEvent => ({
  kind: 'treeGone',
  run: NEXT_RUN,
  exit,
  certificate: certificate(),
});
const answersOf = ({ effects }: Step) => effects.flatMap((effect) => (effect.kind === 'answer' ? [effect.result] : []));
const shown = (process: Supervised): ProcessState => reportOf(process, NOW_MS).state;

describe('dependencies', () => {
  test('a start that has to wait says for what, and is answered when it is up', () => {
    const waiting = step(processOf(), START, BLOCKED);
    expect(waiting.effects).toEqual([]);
    expect(shown(waiting.process)).toEqual({
      kind: 'waiting',
      why: 'waiting for w/db to be ready (running, not ready yet); started by ana: disk swap',
      sinceMs: NOW_MS,
      on: [UNMET],
      exit: null,
    });
    const launched = step(waiting.process, { kind: 'standings' }, TURN);
    expect(launched.effects).toEqual([{ kind: 'spawn', run: NEXT_RUN }]);
    expect(answersOf(step(launched.process, SPAWNED, TURN))).toMatchObject([
      { ok: true, message: 'running, pid 4711' },
    ]);
  });

  test('when something else is unmet it is told anew, and since when it waits stays', () => {
    const waiting = step(processOf(), START, BLOCKED).process;
    const other = { key: 'w/cache', condition: 'completed', is: 'running' } as const;
    const later = step(waiting, { kind: 'standings' }, { ...TURN, nowMs: NOW_MS + 500, unmet: [other] }).process;
    expect(shown(later)).toMatchObject({ on: [other], sinceMs: NOW_MS });
    expect(step(later, { kind: 'standings' }, { ...TURN, unmet: [other] }).process).toBe(later);
  });

  test('a restart is counted when it is born, not when it begins to wait', () => {
    const crashed = step(upOf(), { kind: 'ended', run: NEXT_RUN, exit: FAILED_EXIT, remains: 0 }, TURN).process;
    const due = { ...BLOCKED, nowMs: NOW_MS + 1_000 };
    const waiting = step(crashed, { kind: 'timerDue' }, due).process;
    expect(waiting).toMatchObject({ state: { kind: 'waiting' }, restarts: 0 });
    expect(step(waiting, { kind: 'standings' }, TURN).process).toMatchObject({
      state: { kind: 'starting', why: 'restart 1 of 10, after exit code 7' },
      restarts: 1,
    });
  });
});

describe('ready and unwell', () => {
  const READY = { ready: { check: { kind: 'tcp', port: 80 } } };

  test('with a ready probe a start is answered when it is ready', () => {
    const started = step(processOf(READY), START, TURN).process;
    const up = step(started, SPAWNED, TURN);
    expect(answersOf(up)).toEqual([]);
    expect(shown(up.process)).toMatchObject({ kind: 'running', readyAtMs: null });
    const ready = step(up.process, { kind: 'ready', run: NEXT_RUN }, { ...TURN, nowMs: NOW_MS + 1_234 });
    expect(answersOf(ready)).toMatchObject([{ ok: true, message: 'ready after 1.2 s, pid 4711' }]);
    expect(answersOf(step(ready.process, { kind: 'ready', run: NEXT_RUN }, TURN))).toEqual([]);
  });

  test.each([
    [
      'ends',
      { kind: 'ended', run: NEXT_RUN, exit: FAILED_EXIT, remains: 0 },
      'not ready: exit code 7; restart 1 of 10 in 1 s',
    ],
    [
      'is unwell',
      { kind: 'unwell', run: NEXT_RUN, why: 'not ready within 60 s', evidence: 'refused' },
      'not ready within 60 s',
    ],
  ] as const)('one that %s before it is ready answers with the reason', (_how, event, message) => {
    expect(answersOf(step(upOf(READY), event, TURN))).toMatchObject([{ ok: false, message }]);
  });

  test.each([
    ['always', 'backoff', 'tcp refused 3 times; restart 1 of 10 in 1 s'],
    ['on-failure', 'backoff', 'tcp refused 3 times; restart 1 of 10 in 1 s'],
    ['never', 'failed', 'tcp refused 3 times; the policy is never to restart'],
  ])('unwell and then exit 0 is a failure: %s', (when, kind, why) => {
    const unwell = { kind: 'unwell', run: NEXT_RUN, why: 'tcp refused 3 times', evidence: 'ECONNREFUSED' } as const;
    const stopping = step(upOf({ restart: { when } }), unwell, TURN);
    expect(stopping.effects).toEqual([{ kind: 'stopTree', run: NEXT_RUN, signal: 'SIGTERM' }]);
    const after = step(stopping.process, gone(), TURN);
    expect(after.process.state).toMatchObject({ kind, why });
    const cause = { kind: 'probe', evidence: 'ECONNREFUSED' };
    expect(after.effects).toContainEqual(expect.objectContaining({ kind: 'runEnded', exit: { ...CLEAN_EXIT, cause } }));
    expect(after.process.lastExit?.cause).toEqual(cause);
  });

  test.each([
    ['own', 0, 'exited'],
    ['own', 7, 'backoff'],
    ['oom', null, 'backoff'],
    ['stranger', null, 'backoff'],
    ['asked', 0, 'backoff'],
  ] as const)('what was quicker than our stop is the cause: %s, exit code %s is %s', (kind, exitCode, then) => {
    const unwell = { kind: 'unwell', run: NEXT_RUN, why: 'refused', evidence: 'refused' } as const;
    const exit: Exit = { ...FAILED_EXIT, exitCode, cause: { kind, evidence: 'seen' } };
    const after = step(step(upOf(), unwell, TURN).process, gone(exit), TURN).process;
    expect(after.lastExit?.cause?.kind).toBe(kind === 'asked' ? 'probe' : kind);
    expect(after.state.kind).toBe(then);
  });

  test('a run that was never ready was never healthy, however long it took', () => {
    const history = { restartsAtMs: Array.from({ length: 10 }, () => NOW_MS) };
    const atMs = NOW_MS + 300_000;
    const unwell = { kind: 'unwell', run: NEXT_RUN, why: 'not ready within 300 s', evidence: '' } as const;
    const late = { ...TURN, nowMs: atMs };
    const spent = step(step({ ...upOf(READY), history }, unwell, late).process, gone({ ...CLEAN_EXIT, atMs }), late);
    expect(spent.process.state).toMatchObject({ kind: 'failed' });
  });
});

describe('disabled', () => {
  const DISABLE: SupervisorEvent = { kind: 'disable', untilMs: null, ...asked };
  const ENABLE: SupervisorEvent = { kind: 'enable', ...asked };
  const down = (untilMs: number | null = null): Supervised =>
    step(step(upOf(), { ...DISABLE, untilMs }, TURN).process, gone(), TURN).process;

  test('it is stopped by its steps, the wish stays, and a start is refused with who, why and until when', () => {
    const stopped = step(step(upOf(), DISABLE, TURN).process, gone(), TURN);
    expect(answersOf(stopped)).toMatchObject([{ ok: true, message: 'stopped, exit code 0' }]);
    expect(reportOf(stopped.process, NOW_MS)).toMatchObject({
      desired: 'running',
      disabled: { by: 'ana', reason: 'disk swap', sinceMs: NOW_MS, untilMs: null },
      state: { kind: 'stopped', why: 'disabled by ana: disk swap, until it is enabled' },
    });
    const refused = step(stopped.process, START, TURN);
    expect(answersOf(refused)).toMatchObject([
      { ok: false, message: 'not started: disabled by ana: disk swap, until it is enabled' },
    ]);
    expect(refused.process).toBe(stopped.process);
  });

  test('enabled, it starts again if it was wanted', () => {
    expect(step(down(), ENABLE, TURN).effects).toContainEqual({ kind: 'spawn', run: NEXT_RUN });
    const unwanted = step(down(), { kind: 'stop', ...asked }, TURN).process;
    const enabled = step(unwanted, ENABLE, TURN);
    expect(answersOf(enabled)).toMatchObject([{ ok: true, message: 'enabled; it stays stopped, as was asked' }]);
    expect(enabled.process).toMatchObject({ disabled: null, state: { kind: 'stopped' } });
  });

  test('its time ends by itself', () => {
    const untilMs = NOW_MS + 60_000;
    const process = down(untilMs);
    expect(nextTimerMs(process)).toBe(untilMs);
    expect(step(process, { kind: 'timerDue' }, TURN).process).toBe(process);
    const over = step(process, { kind: 'timerDue' }, { ...TURN, nowMs: untilMs });
    expect(over.process).toMatchObject({ disabled: null, state: { kind: 'starting' } });
  });

  test('a time that is over already is refused', () => {
    const { process } = step(upOf(), { ...DISABLE, untilMs: NOW_MS }, TURN);
    expect(process).toMatchObject({ disabled: null, state: { kind: 'running' } });
  });

  test('after a reboot it stays down', () => {
    const stopping = step(upOf(), DISABLE, TURN).process;
    const after = step(stopping, { kind: 'rebooted', run: NEXT_RUN, exit: FAILED_EXIT }, TURN);
    expect(after.process).toMatchObject({ desired: 'running', state: { kind: 'stopped' } });
  });
});

describe('an end of everything', () => {
  const END: SupervisorEvent = { kind: 'end', ...asked };
  const ENABLE: SupervisorEvent = { kind: 'enable', ...asked };
  const ENDING = { ...TURN, isEnding: true };
  const ended = (process: Supervised): Supervised => step(step(process, END, ENDING).process, gone(), ENDING).process;

  test('what ran is shown as not wanted, and goes on afterwards; what nobody wanted does not', () => {
    const after = ended(upOf());
    expect(reportOf(after, NOW_MS)).toMatchObject({ desired: 'stopped', state: { kind: 'stopped' } });
    expect(goesOn(after)).toBe(true);
    expect(goesOn(step(processOf(), END, ENDING).process)).toBe(false);
  });

  test('a stop of somebody meanwhile is a wish', () => {
    const stopping = step(step(upOf(), END, ENDING).process, { kind: 'stop', ...asked }, ENDING).process;
    expect(goesOn(step(stopping, gone(), ENDING).process)).toBe(false);
  });

  test('what is being stopped for a disabling keeps its wish, and runs when it is enabled', () => {
    const disabling = step(upOf(), { kind: 'disable', untilMs: null, ...asked }, TURN).process;
    const after = ended(disabling);
    expect(after).toMatchObject({ desired: 'running', state: { kind: 'stopped' } });
    expect(goesOn(after)).toBe(false);
    expect(step(after, ENABLE, TURN).effects).toEqual([{ kind: 'spawn', run: NEXT_RUN }]);
  });

  test('what was disabled after it is enabled to run, as it did before', () => {
    const after = step(ended(upOf()), { kind: 'disable', untilMs: null, ...asked }, TURN).process;
    expect(step(after, ENABLE, TURN).effects).toEqual([{ kind: 'spawn', run: NEXT_RUN }]);
  });
});

describe('the steps of a stop', () => {
  const STEPS = { stop: { graceMs: 100, then: [{ signal: 'SIGINT', graceMs: 20 }, { signal: 'SIGQUIT', graceMs: 3 }] } }; // prettier-ignore
  const at = (afterMs: number) => ({ ...TURN, nowMs: NOW_MS + afterMs });
  const stopping = step(upOf(STEPS), { kind: 'stop', ...asked }, TURN).process;

  test('each comes when the grace before it is over, SIGKILL last, and when is shown from the beginning', () => {
    expect(shown(stopping)).toMatchObject({ killAtMs: NOW_MS + 123 });
    let process = stopping;
    const sent: unknown[] = [];
    for (let ms = 0; ms < 200; ms++) {
      const turn = step(process, { kind: 'timerDue' }, at(ms));
      process = turn.process;
      sent.push(...turn.effects.map((effect) => [ms, effect.kind === 'stopTree' ? effect.signal : effect.kind]));
    }
    expect(sent).toEqual([[100, 'SIGINT'], [120, 'SIGQUIT'], [123, 'killTree']]); // prettier-ignore
    expect(nextTimerMs(process)).toBeNull();
  });

  test('a step that comes late still has its whole grace', () => {
    const late = step(stopping, { kind: 'timerDue' }, at(5_000));
    expect(late.effects).toEqual([{ kind: 'stopTree', run: NEXT_RUN, signal: 'SIGINT' }]);
    expect(nextTimerMs(late.process)).toBe(NOW_MS + 5_020);
    expect(shown(late.process)).toMatchObject({ killAtMs: NOW_MS + 5_023 });
  });

  test('a kill skips what is left of them', () => {
    const killed = step(stopping, { kind: 'kill', ...asked }, at(1));
    expect(killed.effects).toEqual([{ kind: 'killTree', run: NEXT_RUN }]);
    expect(nextTimerMs(killed.process)).toBeNull();
  });
});
