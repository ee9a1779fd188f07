/** The moves of the supervisor's table that end a tree: signal, grace, further steps, SIGKILL, and what is true then. */
import { describeExit, type Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import type { StopCertificate } from '../../protocol/process-state';
import {
  andThen,
  answer,
  answerOwed,
  overtakeUp,
  owe,
  stay,
  whyAsked,
  type Asked,
  type AskedStop,
} from './supervisor-answers';
import { graceOf, nextStopStepMs, type Supervised, type SupervisorState, type Unwell } from './supervisor-state';
import type { Step, Turn } from './supervisor-words';

type Kind<K extends SupervisorState['kind']> = Extract<SupervisorState, { kind: K }>;
type In<K extends SupervisorState['kind']> = Supervised & { readonly state: Kind<K> };

export interface Stop {
  readonly then: Kind<'stopping'>['then'];
  /** At once, without signal, steps or grace. */
  readonly kill: boolean;
  readonly why: string;
  /** The leader ended already; null = it lives, or nobody knows yet. */
  readonly exit: Exit | null;
  /** Ended for a failed probe; default: it is not. */
  readonly unwell?: Unwell | null;
}

/** The tree is told to go. */
export function beginStop(process: Supervised, run: RunId, turn: Turn, stop: Stop): Step {
  const { signal, graceMs, then: further } = process.spec.stop;
  return {
    process: {
      ...process,
      state: {
        kind: 'stopping',
        why: stop.why,
        sinceMs: turn.nowMs,
        run,
        signal: stop.kill ? null : signal,
        further: stop.kill ? [] : further,
        killAtMs: turn.nowMs + (stop.kill ? 0 : graceMs + graceOf(further)),
        killed: stop.kill,
        then: stop.then,
        exit: stop.exit,
        readyAtMs: process.state.kind === 'running' ? process.state.readyAtMs : null,
        unwell: stop.unwell ?? null,
      },
    },
    effects: [stop.kill ? { kind: 'killTree', run } : { kind: 'stopTree', run, signal }],
  };
}

/** A grace is over: the next step, or SIGKILL after the last. A step that comes late still has its whole grace. */
export function stopOn(process: In<'stopping'>, turn: Turn): Step {
  const { state } = process;
  const { run, further } = state;
  if (state.killed || turn.nowMs < nextStopStepMs(state)) return stay(process);
  const [next, ...later] = further;
  if (next === undefined)
    return { process: { ...process, state: { ...state, killed: true } }, effects: [{ kind: 'killTree', run }] };
  return {
    process: {
      ...process,
      state: { ...state, signal: next.signal, further: later, killAtMs: turn.nowMs + graceOf(further) },
    },
    effects: [{ kind: 'stopTree', run, signal: next.signal }],
  };
}

/** A running one is to be stopped, or killed. */
export const stopAsked = (process: In<'running'>, asked: Asked, turn: Turn): Step =>
  andThen(overtakeUp(process, asked), (now) =>
    beginStop(owe(now, asked, 'down'), process.state.run, turn, {
      then: 'stop',
      kill: asked.kind === 'kill',
      why: whyAsked(asked),
      exit: null,
    }),
  );

/** It is not up yet, so there is nobody to signal: remembered. Who asked for a kill keeps it. */
export function stopOnceUp(process: In<'starting'>, asked: Asked): Step {
  const onceUp = process.state.onceUp === 'kill' ? 'kill' : 'stop';
  return stay(owe({ ...process, state: { ...process.state, onceUp } }, asked, 'down'));
}

/** It is being ended already: now it stays down. */
export const stayDown = (process: In<'stopping'>, asked: Asked): Step =>
  andThen(overtakeUp(process, asked), (now) =>
    stay(owe({ ...now, state: { ...process.state, why: whyAsked(asked), then: 'stop' } }, asked, 'down')),
  );

/** It is being ended already: a new run follows. */
export const riseAgain = (process: In<'stopping'>, asked: Asked): Step =>
  stay(owe({ ...process, state: { ...process.state, why: whyAsked(asked), then: 'restart' } }, asked, 'up'));

/** No more patience: whatever steps were to come. */
export const killNow = (process: In<'stopping'>, asked: AskedStop, turn: Turn): Step =>
  andThen(stayDown(process, asked), (now) => ({
    process: {
      ...now,
      state: {
        ...process.state,
        why: whyAsked(asked),
        then: 'stop',
        signal: null,
        further: [],
        killed: true,
        killAtMs: turn.nowMs,
      },
    },
    effects: [{ kind: 'killTree', run: process.state.run }],
  }));

/** Nothing of it runs: it is stopped by the word alone. */
export function stoppedWhileDown(
  process: In<'waiting' | 'backoff' | 'exited' | 'failed'>,
  asked: Asked,
  turn: Turn,
): Step {
  const { state } = process;
  const stopped: Kind<'stopped'> = {
    kind: 'stopped',
    why: whyAsked(asked),
    sinceMs: turn.nowMs,
    exit: state.exit,
    certificate: state.kind === 'failed' ? state.certificate : null,
  };
  const how = state.exit === null ? 'it was not running' : `it had ended already, ${describeExit(state.exit)}`;
  const message = `${asked.kind === 'disable' ? 'disabled' : 'stopped'}; ${how}`;
  return andThen(overtakeUp(process, asked), (now) => answer({ ...now, state: stopped }, asked, { ok: true, message }));
}

/** Ended with everything else here. The wish of what is disabled is left alone: it comes true when somebody enables it. */
export const withAll = <P extends Supervised>(process: P): P =>
  process.disabled === null
    ? { ...process, desired: 'stopped', startAgain: process.startAgain || process.desired === 'running' }
    : process;

/** So is its state, where nothing of it runs. */
export const endedWhileDown = (process: In<'exited' | 'failed'>, asked: Asked, turn: Turn): Step =>
  process.disabled === null
    ? stoppedWhileDown(withAll(process), asked, turn)
    : answer(process, asked, { ok: true, message: 'it was not running' });

/** What an earlier stop could not end is killed once more. */
export const stopLeftover = (process: In<'failed'>, leftover: RunId, asked: Asked, turn: Turn): Step =>
  beginStop(owe(process, asked, 'down'), leftover, turn, {
    then: 'stop',
    kill: true,
    why: whyAsked(asked),
    exit: process.state.exit,
    unwell: process.state.unwell,
  });

/** Stopped, verified. */
export function settleStopped(
  process: Supervised,
  turn: Turn,
  why: string,
  exit: Exit | null,
  certificate: StopCertificate | null,
): Step {
  const stopped: Supervised = {
    ...process,
    state: { kind: 'stopped', why, sinceMs: turn.nowMs, exit, certificate },
  };
  const message = exit === null ? 'stopped' : `stopped, ${describeExit(exit)}`;
  return andThen(answerOwed(stopped, 'down', true, message, certificate), (now) =>
    answerOwed(now, 'up', false, `not started: ${why}`, certificate),
  );
}
