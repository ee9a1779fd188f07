/**
 * The supervisor of one process: what it does about every event in every state.
 *
 * Theory of operation. A process has a wish (`desired`) and a state, and they are two fields. Commands change the wish
 * and, where the state allows, the state; news of the kernel changes the state alone. A run is born in `starting` and
 * is over only when its whole tree was verified gone; between the two no other run can be born, because the only way
 * into `starting` is from a state without a run, or from `treeGone`. That is why there are never two copies.
 *
 * Two things hold a birth back, whatever asks for it (a start, a restart, a backoff that is over, a reboot), and both are
 * asked in the one place where runs are born (`launch`): a dependency whose condition does not hold (`waiting`, until the
 * standings change), and an operator's disabling (`stopped`, until it is enabled). Neither is a wish.
 *
 * Orders that the table had to be made right for:
 * - stop while starting: there is nobody to signal yet, so it is remembered (`onceUp`) and done when `spawned` arrives;
 *   otherwise the child would be an orphan of a stopped process.
 * - `ended` while stopping: the leader went first, the rest of the tree may live; only `treeGone` ends the stop.
 * - the leader ends by itself and leaves others behind: they are cleared (`stopping`, then `policy`) before the restart.
 * - a probe fails and the stop that follows ends in exit code 0: `unwell` is remembered, and it counts as a failure.
 * - late news of an earlier run: refused in one place (`step`), never in a cell; so are starts of what is disabled.
 *
 * docs/process-states.md has the picture; a test holds it to this table.
 */
import { describeExit } from '../../protocol/exit';
import { andThen, answer, answerOwed, downButGoingUp, owe, stay, whyAsked, type AskedStop } from './supervisor-answers';
import { becomeReady, comeUp, launch, launchAsked, lookAgain, whyRestarted } from './supervisor-births';
import {
  disable,
  disabledAsItIs,
  disabledWhileStarting,
  disabledWhileStopped,
  enable,
  enabledAsItIs,
  enabledByTime,
  enabledWhileStarting,
  refuseWhileDisabled,
} from './supervisor-disabled';
import { afterReboot, causedBy, fail, leftBehind, runEnded, settleByPolicy, spawnFailed } from './supervisor-ends';
import {
  beginStop,
  endedWhileDown,
  killNow,
  riseAgain,
  settleStopped,
  stayDown,
  stopAsked,
  stopLeftover,
  stopOn,
  stopOnceUp,
  stoppedWhileDown,
  withAll,
} from './supervisor-stops';
import { isToRun, livingRun, type Supervised, type SupervisorState } from './supervisor-state';
import type { Step, SupervisorEvent, Turn } from './supervisor-words';

type Kind<T extends { kind: string }, K extends T['kind']> = Extract<T, { kind: K }>;
type In<S extends SupervisorState['kind']> = Supervised & { readonly state: Kind<SupervisorState, S> };
type Cell<S extends SupervisorState['kind'], E extends SupervisorEvent['kind']> = (
  process: In<S>,
  event: Kind<SupervisorEvent, E>,
  turn: Turn,
) => Step;
type Table = {
  readonly [S in SupervisorState['kind']]: { readonly [E in SupervisorEvent['kind']]: Cell<S, E> };
};

const wanted = <P extends Supervised>(process: P): P => ({ ...process, desired: 'running', startAgain: false });
const unwanted = <P extends Supervised>(process: P): P => ({ ...process, desired: 'stopped', startAgain: false });

/** Said again by who adopts it, so nothing is added twice. */
const heldBy = <P extends Supervised>(process: P, { isolation, unenforced }: Kind<SupervisorEvent, 'held'>): P => ({
  ...process,
  isolation: [...isolation],
  unenforced: [...new Set([...process.unenforced, ...unenforced])],
});

/** The kernel's news of a run, where there is none. */
const noRun = {
  spawned: stay,
  held: stay,
  spawnFailed: stay,
  ended: stay,
  ready: stay,
  unwell: stay,
  rebooted: stay,
  treeGone: stay,
  treeLeft: stay,
} as const;

export const TABLE: Table = {
  stopped: {
    ...noRun,
    start: (p, asked, turn) => launchAsked(p, asked, turn),
    stop: (p, asked) => answer(unwanted(p), asked, { ok: true, message: 'already stopped' }),
    restart: (p, asked, turn) => launchAsked(p, asked, turn),
    kill: (p, asked) => answer(unwanted(p), asked, { ok: true, message: 'already stopped' }),
    disable: (p, asked, turn) => disable(p, asked, turn, (now) => disabledWhileStopped(now, asked)),
    enable: (p, asked, turn) => enable(p, asked, (now) => launchAsked(now, asked, turn)),
    end: (p, asked) => answer(p, asked, { ok: true, message: 'already stopped' }),
    standings: stay,
    timerDue: stay,
  },

  waiting: {
    ...noRun,
    start: (p, asked, turn) => launchAsked(p, asked, turn),
    stop: (p, asked, turn) => stoppedWhileDown(unwanted(p), asked, turn),
    restart: (p, asked, turn) => launchAsked(p, asked, turn),
    kill: (p, asked, turn) => stoppedWhileDown(unwanted(p), asked, turn),
    disable: (p, asked, turn) => disable(p, asked, turn, (now) => stoppedWhileDown(now, asked, turn)),
    enable: (p, asked, turn) => enable(p, asked, (now) => launchAsked(now, asked, turn)),
    end: (p, asked, turn) => stoppedWhileDown(withAll(p), asked, turn),
    standings: (p, _event, turn) => lookAgain(p, turn),
    timerDue: stay,
  },

  starting: {
    start: (p, asked) => {
      const { onceUp } = p.state;
      const then = onceUp === 'stop' || onceUp === 'kill' ? 'restart' : onceUp;
      return stay(owe({ ...wanted(p), state: { ...p.state, onceUp: then } }, asked, 'up'));
    },
    stop: (p, asked) => stopOnceUp(unwanted(p), asked),
    restart: (p, asked) => stay(owe({ ...wanted(p), state: { ...p.state, onceUp: 'restart' } }, asked, 'up')),
    kill: (p, asked) => stay(owe({ ...unwanted(p), state: { ...p.state, onceUp: 'kill' } }, asked, 'down')),
    disable: (p, asked, turn) => disable(p, asked, turn, (now) => disabledWhileStarting(now, asked)),
    enable: (p, asked) => enable(p, asked, (now) => enabledWhileStarting(now, asked)),
    end: (p, asked) => stopOnceUp(withAll(p), asked),
    spawned: (p, event, turn) => {
      const { onceUp, why } = p.state;
      if (onceUp === 'run') return comeUp(p, event, turn);
      const { run, identity } = event;
      const born: Step = { process: p, effects: [{ kind: 'runStarted', run, identity }] };
      const then = onceUp === 'restart' ? 'restart' : 'stop';
      const reason = then === 'stop' ? `${p.disabled === null ? 'stop' : 'disable'} was asked while it started` : why;
      return andThen(born, (now) =>
        beginStop(now, run, turn, { then, kill: onceUp === 'kill', why: reason, exit: null }),
      );
    },
    // Its birth is told before, and by the same pipe.
    held: stay,
    spawnFailed: (p, event, turn) =>
      isToRun(p)
        ? spawnFailed(p, event, turn)
        : settleStopped(p, turn, `stopped; it could not be started either: ${event.why}`, null, null),
    ended: (p, { run, exit }, turn) =>
      isToRun(p)
        ? settleByPolicy(p, { run, exit, certificate: null, readyAtMs: null, unwell: null }, turn)
        : andThen(runEnded(p, run, exit, null), (now) =>
            settleStopped(now, turn, 'stopped while it started', exit, null),
          ),
    ready: stay,
    unwell: stay,
    standings: stay,
    rebooted: (p, { run, exit }, turn) => afterReboot(p, run, exit, turn),
    timerDue: stay,
    treeGone: stay,
    treeLeft: stay,
  },

  running: {
    start: (p, asked) => {
      const { identity, readyAtMs } = p.state;
      if (readyAtMs === null) return stay(owe(wanted(p), asked, 'up'));
      return answer(wanted(p), asked, { ok: true, message: `already running, pid ${identity.pid}` });
    },
    stop: (p, asked, turn) => stopAsked(unwanted(p), asked, turn),
    restart: (p, asked, turn) =>
      beginStop(owe(wanted(p), asked, 'up'), p.state.run, turn, {
        then: 'restart',
        kill: false,
        why: whyAsked(asked),
        exit: null,
      }),
    kill: (p, asked, turn) => stopAsked(unwanted(p), asked, turn),
    disable: (p, asked, turn) => disable(p, asked, turn, (now) => stopAsked(now, asked, turn)),
    enable: (p, asked) => enable(p, asked, (now) => enabledAsItIs(now, asked)),
    end: (p, asked, turn) => stopAsked(withAll(p), asked, turn),
    spawned: (p, { identity, unenforced, isolation }) =>
      stay({
        ...p,
        state: { ...p.state, identity },
        unenforced: [...(unenforced ?? p.unenforced)],
        isolation: [...(isolation ?? p.isolation)],
      }),
    held: (p, event) => stay(heldBy(p, event)),
    spawnFailed: stay,
    ended: (p, { run, exit, remains }, turn) =>
      remains === 0
        ? settleByPolicy(p, { run, exit, certificate: null, readyAtMs: p.state.readyAtMs, unwell: null }, turn)
        : beginStop(p, run, turn, {
            then: 'policy',
            kill: false,
            why: `${describeExit(exit)}; ending ${remains} ${remains === 1 ? 'process' : 'processes'} it left behind`,
            exit,
          }),
    ready: (p, _event, turn) => becomeReady(p, turn),
    unwell: (p, { run, why, evidence }, turn) =>
      andThen(answerOwed(p, 'up', false, why), (now) =>
        beginStop(now, run, turn, { then: 'policy', kill: false, why, exit: null, unwell: { why, evidence } }),
      ),
    standings: stay,
    rebooted: (p, { run, exit }, turn) => afterReboot(p, run, exit, turn),
    timerDue: stay,
    treeGone: stay,
    treeLeft: stay,
  },

  stopping: {
    start: (p, asked) => riseAgain(wanted(p), asked),
    stop: (p, asked) => stayDown(unwanted(p), asked),
    restart: (p, asked) => riseAgain(wanted(p), asked),
    kill: (p, asked, turn) => killNow(unwanted(p), asked, turn),
    disable: (p, asked, turn) => disable(p, asked, turn, (now) => stayDown(now, asked)),
    enable: (p, asked) => enable(p, asked, (now) => riseAgain(now, asked)),
    end: (p, asked) => stayDown(withAll(p), asked),
    spawned: stay,
    held: (p, event) => stay(heldBy(p, event)),
    spawnFailed: stay,
    ended: (p, event) => {
      const exit = causedBy(p.state.unwell, event.exit);
      return stay({ ...p, state: { ...p.state, exit }, lastExit: exit });
    },
    ready: stay,
    unwell: stay,
    standings: stay,
    rebooted: (p, { run, exit }, turn) => afterReboot(p, run, exit, turn),
    timerDue: (p, _event, turn) => stopOn(p, turn),
    treeGone: (p, { run, ...told }, turn) => {
      const { then, why, readyAtMs, unwell } = p.state;
      const exit = causedBy(unwell, told.exit);
      const certificate = { ...told.certificate, exit };
      if (then === 'policy') return settleByPolicy(p, { run, exit, certificate, readyAtMs, unwell }, turn);
      const gone = runEnded(p, run, exit, certificate);
      if (then === 'stop') return andThen(gone, (now) => settleStopped(now, turn, why, exit, certificate));
      return andThen(
        andThen(gone, (now) => downButGoingUp(now, certificate)),
        (now) => launch({ ...now, history: { restartsAtMs: [] } }, turn, { why, isRestart: true }),
      );
    },
    treeLeft: (p, { certificate }, turn) => leftBehind(p, certificate, turn),
  },

  backoff: {
    ...noRun,
    start: (p, asked, turn) => launchAsked(p, asked, turn),
    stop: (p, asked, turn) => stoppedWhileDown(unwanted(p), asked, turn),
    restart: (p, asked, turn) => launchAsked(p, asked, turn),
    kill: (p, asked, turn) => stoppedWhileDown(unwanted(p), asked, turn),
    disable: (p, asked, turn) => disable(p, asked, turn, (now) => stoppedWhileDown(now, asked, turn)),
    enable: (p, asked) => enable(p, asked, (now) => enabledAsItIs(now, asked)),
    end: (p, asked, turn) => stoppedWhileDown(withAll(p), asked, turn),
    standings: stay,
    timerDue: (p, _event, turn) =>
      turn.nowMs < p.state.restartAtMs
        ? stay(p)
        : launch(p, turn, { why: whyRestarted(p.state, p.spec), isRestart: true }),
  },

  exited: {
    ...noRun,
    start: (p, asked, turn) => launchAsked(p, asked, turn),
    stop: (p, asked, turn) => stoppedWhileDown(unwanted(p), asked, turn),
    restart: (p, asked, turn) => launchAsked(p, asked, turn),
    kill: (p, asked, turn) => stoppedWhileDown(unwanted(p), asked, turn),
    disable: (p, asked, turn) => disable(p, asked, turn, (now) => disabledAsItIs(now, asked)),
    enable: (p, asked) => enable(p, asked, (now) => enabledAsItIs(now, asked)),
    end: (p, asked, turn) => endedWhileDown(p, asked, turn),
    standings: stay,
    timerDue: stay,
  },

  failed: {
    start: (p, asked, turn) => (p.state.leftover === null ? launchAsked(p, asked, turn) : refuseWhileLeft(p, asked)),
    stop: (p, asked, turn) => stopFailed(unwanted(p), asked, turn),
    restart: (p, asked, turn) => (p.state.leftover === null ? launchAsked(p, asked, turn) : refuseWhileLeft(p, asked)),
    kill: (p, asked, turn) => stopFailed(unwanted(p), asked, turn),
    disable: (p, asked, turn) =>
      disable(p, asked, turn, (now) =>
        now.state.leftover === null ? disabledAsItIs(now, asked) : stopLeftover(now, now.state.leftover, asked, turn),
      ),
    enable: (p, asked) => enable(p, asked, (now) => enabledAsItIs(now, asked)),
    end: (p, asked, turn) =>
      p.state.leftover === null
        ? endedWhileDown(p, asked, turn)
        : stopLeftover(withAll(p), p.state.leftover, asked, turn),
    spawned: stay,
    held: stay,
    spawnFailed: stay,
    ended: (p, event) => {
      const exit = causedBy(p.state.unwell, event.exit);
      return stay({ ...p, state: { ...p.state, exit }, lastExit: exit });
    },
    ready: stay,
    unwell: stay,
    standings: stay,
    rebooted: (p, { run, exit }, turn) => afterReboot(p, run, exit, turn),
    timerDue: stay,
    /** What SIGKILL could not end at once is gone after all. A wish to be stopped is thereby fulfilled. */
    treeGone: (p, { run, ...told }, turn) => {
      const why = `${p.state.why}; it is gone since`;
      const exit = causedBy(p.state.unwell, told.exit);
      const certificate = { ...told.certificate, exit };
      return andThen(runEnded(p, run, exit, certificate), (now) =>
        isToRun(now) ? fail(now, turn, why, exit, certificate) : settleStopped(now, turn, why, exit, certificate),
      );
    },
    treeLeft: stay,
  },
};

/**
 * One event, one turn. What holds in every state is done here, before the table: late news change nothing, a start of
 * what is disabled is refused, and a disabling whose time is over ends.
 */
export function step(process: Supervised, event: SupervisorEvent, turn: Turn): Step {
  const { disabled } = process;
  if ('run' in event && event.run !== livingRun(process)) return stay(process);
  if (disabled !== null && (event.kind === 'start' || event.kind === 'restart'))
    return refuseWhileDisabled(process, disabled, event);
  if (event.kind === 'timerDue' && disabled?.untilMs != null && disabled.untilMs <= turn.nowMs)
    return step(process, enabledByTime(disabled), turn);
  // The table's type proves that every pair has its cell; the compiler cannot follow the pairing through an index.
  const cell = TABLE[process.state.kind][event.kind] as (p: Supervised, e: SupervisorEvent, t: Turn) => Step;
  return cell(process, event, turn);
}

/** Given up. What of it could not be ended is killed once more; where nothing is left, the word is all. */
const stopFailed = (p: In<'failed'>, asked: AskedStop, turn: Turn): Step =>
  p.state.leftover === null ? stoppedWhileDown(p, asked, turn) : stopLeftover(p, p.state.leftover, asked, turn);

function refuseWhileLeft(
  p: In<'failed'>,
  asked: Kind<SupervisorEvent, 'start'> | Kind<SupervisorEvent, 'restart'>,
): Step {
  const left = p.state.certificate?.left.length ?? 0;
  return answer(p, asked, {
    ok: false,
    message: `not started: ${left} ${left === 1 ? 'process' : 'processes'} of its last run could not be ended; stop it again, or end them by hand`,
  });
}
