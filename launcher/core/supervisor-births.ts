/**
 * The moves of the supervisor's table towards a living run. There is one way into `starting`, and it is `launch`: so
 * nothing is ever born while a dependency's condition does not hold, while the process is disabled, or while everything
 * is being stopped, whatever wanted the birth.
 */
import { describeExit } from '../../protocol/exit';
import { unmetText } from '../../protocol/dependencies';
import type { ProcessSpec } from '../../protocol/process-spec';
import { andThen, answerOwed, disabledText, owe, stay, whyAsked, type Asked } from './supervisor-answers';
import type { Birth, Supervised, SupervisorState } from './supervisor-state';
import type { Step, SupervisorEvent, Turn } from './supervisor-words';

type Kind<K extends SupervisorState['kind']> = Extract<SupervisorState, { kind: K }>;
type Spawned = Extract<SupervisorEvent, { kind: 'spawned' }>;

/** A new run is born, or held back. Only called where `livingRun` is null or was just verified gone. */
export function launch(process: Supervised, turn: Turn, birth: Birth): Step {
  if (turn.isEnding) return notBorn(process, turn, 'everything here is being stopped');
  if (process.disabled !== null) return notBorn(process, turn, disabledText(process.disabled));
  if (turn.unmet.length > 0) return stay({ ...process, state: waitingFor(process, turn, birth, turn.nowMs) });
  const run = turn.nextRun;
  return {
    process: {
      ...process,
      state: { kind: 'starting', why: birth.why, sinceMs: turn.nowMs, run, onceUp: 'run' },
      restarts: process.restarts + (birth.isRestart ? 1 : 0),
      unenforced: [],
      isolation: [],
    },
    effects: [{ kind: 'spawn', run }],
  };
}

function notBorn(process: Supervised, turn: Turn, why: string): Step {
  const state: Kind<'stopped'> = {
    kind: 'stopped',
    why,
    sinceMs: turn.nowMs,
    exit: process.lastExit,
    certificate: null,
  };
  return andThen(answerOwed({ ...process, state }, 'down', true, `stopped; ${why}`), (now) =>
    answerOwed(now, 'up', false, `not started: ${why}`),
  );
}

const waitingFor = ({ lastExit }: Supervised, turn: Turn, birth: Birth, sinceMs: number): Kind<'waiting'> => ({
  kind: 'waiting',
  why: `waiting for ${unmetText(turn.unmet)}; ${birth.why}`,
  sinceMs,
  on: [...turn.unmet],
  birth,
  exit: lastExit,
});

/** What it waits for stands otherwise: born at last, or it waits for something else now. */
export function lookAgain(process: Supervised & { readonly state: Kind<'waiting'> }, turn: Turn): Step {
  const { birth, sinceMs, why } = process.state;
  if (turn.unmet.length === 0) return launch(process, turn, birth);
  const state = waitingFor(process, turn, birth, sinceMs);
  return stay(state.why === why ? process : { ...process, state });
}

/** A person starts it: the budget begins anew, and it is wanted from now on. */
export function launchAsked(process: Supervised, asked: Asked, turn: Turn): Step {
  const wanted: Supervised = { ...process, desired: 'running', startAgain: false, history: { restartsAtMs: [] } };
  return launch(owe(wanted, asked, 'up'), turn, { why: whyAsked(asked), isRestart: asked.kind === 'restart' });
}

/** `restart 2 of 10, after exit code 1` */
export const whyRestarted = ({ attempt, exit }: Kind<'backoff'>, { restart }: ProcessSpec): string =>
  `restart ${attempt} of ${restart.maxRestarts}, after ${describeExit(exit)}`;

/** The shim's word arrived: up. Without a ready probe that is all there is to wait for. */
export function comeUp(process: Supervised, { run, identity, unenforced, isolation }: Spawned, turn: Turn): Step {
  const { why } = process.state;
  const isReady = process.spec.ready === null;
  const readyAtMs = isReady ? turn.nowMs : null;
  const up: Step = {
    process: {
      ...process,
      state: { kind: 'running', why, sinceMs: turn.nowMs, run, identity, readyAtMs },
      unenforced: [...(unenforced ?? process.unenforced)],
      isolation: [...(isolation ?? process.isolation)],
    },
    effects: [{ kind: 'runStarted', run, identity }],
  };
  return isReady ? andThen(up, (now) => answerOwed(now, 'up', true, `running, pid ${identity.pid}`)) : up;
}

/** Its ready probe succeeded: now it is up for those who wait. */
export function becomeReady(process: Supervised & { readonly state: Kind<'running'> }, turn: Turn): Step {
  const { state } = process;
  if (state.readyAtMs !== null) return stay(process);
  const tookS = Math.max(0, turn.nowMs - state.sinceMs) / 1000;
  const ready: Supervised = { ...process, state: { ...state, readyAtMs: turn.nowMs } };
  return answerOwed(ready, 'up', true, `ready after ${tookS.toFixed(1)} s, pid ${state.identity.pid}`);
}
