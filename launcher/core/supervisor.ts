/**
 * The supervisor of one process: what it does about every event in every state.
 *
 * Theory of operation. A process has a wish (`desired`) and a state, and they are two fields. Commands change the wish
 * and, where the state allows, the state; news of the kernel changes the state alone. A run is born in `starting` and
 * is over only when its whole tree was verified gone; between the two no other run can be born, because the only way
 * into `starting` is from a state without a run, or from `treeGone`. That is why there are never two copies.
 *
 * Orders that the table had to be made right for:
 * - stop while starting: there is nobody to signal yet, so it is remembered (`onceUp`) and done when `spawned` arrives;
 *   otherwise the child would be an orphan of a stopped process.
 * - `ended` while stopping: the leader went first, the rest of the tree may live; only `treeGone` ends the stop.
 * - the leader ends by itself and leaves others behind: they are cleared (`stopping`, then `policy`) before the restart.
 * - late news of an earlier run: refused in one place (`step`), never in a cell.
 *
 * docs/process-states.md has the picture; a test holds it to this table.
 */
import { describeExit } from '../../protocol/exit';
import type { StopCertificate } from '../../protocol/process-state';
import type { Supervised, SupervisorState } from './supervisor-state';
import { livingRun } from './supervisor-state';
import type { Step, SupervisorEvent, Turn } from './supervisor-words';
import {
  andThen,
  answer,
  answerWaiting,
  beginStop,
  comeUp,
  fail,
  launch,
  launchAsked,
  owe,
  runEnded,
  settleByPolicy,
  settleStopped,
  spawnFailed,
  stay,
  whyAsked,
  whyRestarted,
} from './supervisor-moves';

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

export const TABLE: Table = {
  stopped: {
    start: (p, asked, turn) => launchAsked(p, asked, turn),
    stop: (p, asked) => answer({ ...p, desired: 'stopped' }, asked, { ok: true, message: 'already stopped' }),
    restart: (p, asked, turn) => launchAsked(p, asked, turn),
    kill: (p, asked) => answer({ ...p, desired: 'stopped' }, asked, { ok: true, message: 'already stopped' }),
    spawned: stay,
    spawnFailed: stay,
    ended: stay,
    rebooted: stay,
    timerDue: stay,
    treeGone: stay,
    treeLeft: stay,
  },

  starting: {
    start: (p, asked) => {
      const { onceUp } = p.state;
      const then = onceUp === 'stop' || onceUp === 'kill' ? 'restart' : onceUp;
      return stay(owe({ ...p, desired: 'running', state: { ...p.state, onceUp: then } }, asked, 'up'));
    },
    stop: (p, asked) => {
      const onceUp = p.state.onceUp === 'kill' ? 'kill' : 'stop';
      return stay(owe({ ...p, desired: 'stopped', state: { ...p.state, onceUp } }, asked, 'down'));
    },
    restart: (p, asked) =>
      stay(owe({ ...p, desired: 'running', state: { ...p.state, onceUp: 'restart' } }, asked, 'up')),
    kill: (p, asked) => stay(owe({ ...p, desired: 'stopped', state: { ...p.state, onceUp: 'kill' } }, asked, 'down')),
    spawned: (p, { run, identity }, turn) => {
      const { onceUp, why } = p.state;
      if (onceUp === 'run') return comeUp(p, run, identity, turn);
      const born: Step = { process: p, effects: [{ kind: 'runStarted', run, identity }] };
      const then = onceUp === 'restart' ? 'restart' : 'stop';
      const reason = then === 'stop' ? 'stop was asked while it started' : why;
      return andThen(born, (now) =>
        beginStop(now, run, turn, { then, kill: onceUp === 'kill', why: reason, exit: null }),
      );
    },
    spawnFailed: (p, { why, retryable }, turn) =>
      p.desired === 'stopped'
        ? settleStopped(p, turn, `stopped; it could not be started either: ${why}`, null, null)
        : spawnFailed(p, why, retryable, turn),
    ended: (p, { run, exit }, turn) =>
      p.desired === 'stopped'
        ? andThen(runEnded(p, run, exit, null), (now) =>
            settleStopped(now, turn, 'stopped while it started', exit, null),
          )
        : settleByPolicy(p, { run, exit, certificate: null }, turn),
    rebooted: (p, { run, exit }, turn) => afterReboot(p, run, exit, turn),
    timerDue: stay,
    treeGone: stay,
    treeLeft: stay,
  },

  running: {
    start: (p, asked) =>
      answer({ ...p, desired: 'running' }, asked, {
        ok: true,
        message: `already running, pid ${p.state.identity.pid}`,
      }),
    stop: (p, asked, turn) => stopAsked(p, asked, turn, false),
    restart: (p, asked, turn) =>
      beginStop(owe({ ...p, desired: 'running' }, asked, 'up'), p.state.run, turn, {
        then: 'restart',
        kill: false,
        why: whyAsked('restarted', asked),
        exit: null,
      }),
    kill: (p, asked, turn) => stopAsked(p, asked, turn, true),
    spawned: (p, { identity }) => stay({ ...p, state: { ...p.state, identity } }),
    spawnFailed: stay,
    ended: (p, { run, exit, remains }, turn) =>
      remains === 0
        ? settleByPolicy(p, { run, exit, certificate: null }, turn)
        : beginStop(p, run, turn, {
            then: 'policy',
            kill: false,
            why: `${describeExit(exit)}; ending ${remains} ${remains === 1 ? 'process' : 'processes'} it left behind`,
            exit,
          }),
    rebooted: (p, { run, exit }, turn) => afterReboot(p, run, exit, turn),
    timerDue: stay,
    treeGone: stay,
    treeLeft: stay,
  },

  stopping: {
    start: (p, asked) => stay(owe({ ...p, desired: 'running', state: { ...p.state, then: 'restart' } }, asked, 'up')),
    stop: (p, asked) => {
      const overtaken = overtakeUp(p, asked);
      const state = { ...p.state, then: 'stop' as const };
      return andThen(overtaken, (now) => stay(owe({ ...now, desired: 'stopped', state }, asked, 'down')));
    },
    restart: (p, asked) => stay(owe({ ...p, desired: 'running', state: { ...p.state, then: 'restart' } }, asked, 'up')),
    kill: (p, asked, turn) => {
      const state = { ...p.state, then: 'stop' as const, killed: true, killAtMs: turn.nowMs };
      return andThen(overtakeUp(p, asked), (now) => ({
        process: owe({ ...now, desired: 'stopped', state }, asked, 'down'),
        effects: [{ kind: 'killTree', run: p.state.run }],
      }));
    },
    spawned: stay,
    spawnFailed: stay,
    ended: (p, { exit }) => stay({ ...p, state: { ...p.state, exit }, lastExit: exit }),
    rebooted: (p, { run, exit }, turn) => afterReboot(p, run, exit, turn),
    timerDue: (p, _event, turn) =>
      p.state.killed || turn.nowMs < p.state.killAtMs
        ? stay(p)
        : {
            process: { ...p, state: { ...p.state, killed: true } },
            effects: [{ kind: 'killTree', run: p.state.run }],
          },
    treeGone: (p, { run, exit, certificate }, turn) => {
      const { then, why } = p.state;
      if (then === 'policy') return settleByPolicy(p, { run, exit, certificate }, turn);
      const gone = runEnded(p, run, exit, certificate);
      if (then === 'stop') return andThen(gone, (now) => settleStopped(now, turn, why, exit, certificate));
      return andThen(
        andThen(gone, (now) => downButGoingUp(now, certificate)),
        (now) => launch({ ...now, restarts: now.restarts + 1, history: { restartsAtMs: [] } }, turn, why),
      );
    },
    treeLeft: (p, { run, certificate }, turn) => {
      const names = certificate.left.slice(0, 5).map(({ pid, command }) => `${pid} (${command})`);
      const more = certificate.left.length - names.length;
      const list = names.join(', ') + (more > 0 ? ` and ${more} more` : '');
      return fail(p, turn, `not stopped: SIGKILL did not end ${list}`, p.state.exit, certificate, run);
    },
  },

  backoff: {
    start: (p, asked, turn) => launchAsked(p, asked, turn),
    stop: (p, asked, turn) => stoppedWhileDown(p, asked, turn),
    restart: (p, asked, turn) => launchAsked(p, asked, turn),
    kill: (p, asked, turn) => stoppedWhileDown(p, asked, turn),
    spawned: stay,
    spawnFailed: stay,
    ended: stay,
    rebooted: stay,
    timerDue: (p, _event, turn) =>
      turn.nowMs < p.state.restartAtMs
        ? stay(p)
        : launch({ ...p, restarts: p.restarts + 1 }, turn, whyRestarted(p.state, p.spec)),
    treeGone: stay,
    treeLeft: stay,
  },

  exited: {
    start: (p, asked, turn) => launchAsked(p, asked, turn),
    stop: (p, asked, turn) => stoppedWhileDown(p, asked, turn),
    restart: (p, asked, turn) => launchAsked(p, asked, turn),
    kill: (p, asked, turn) => stoppedWhileDown(p, asked, turn),
    spawned: stay,
    spawnFailed: stay,
    ended: stay,
    rebooted: stay,
    timerDue: stay,
    treeGone: stay,
    treeLeft: stay,
  },

  failed: {
    start: (p, asked, turn) => (p.state.leftover === null ? launchAsked(p, asked, turn) : refuseWhileLeft(p, asked)),
    stop: (p, asked, turn) => stopLeftover(p, asked, turn),
    restart: (p, asked, turn) => (p.state.leftover === null ? launchAsked(p, asked, turn) : refuseWhileLeft(p, asked)),
    kill: (p, asked, turn) => stopLeftover(p, asked, turn),
    spawned: stay,
    spawnFailed: stay,
    ended: (p, { exit }) => stay({ ...p, state: { ...p.state, exit }, lastExit: exit }),
    rebooted: (p, { run, exit }, turn) => afterReboot(p, run, exit, turn),
    timerDue: stay,
    /** What SIGKILL could not end at once is gone after all. A wish to be stopped is thereby fulfilled. */
    treeGone: (p, { run, exit, certificate }, turn) => {
      const why = `${p.state.why}; it is gone since`;
      return andThen(runEnded(p, run, exit, certificate), (now) =>
        now.desired === 'stopped'
          ? settleStopped(now, turn, why, exit, certificate)
          : fail(now, turn, why, exit, certificate),
      );
    },
    treeLeft: stay,
  },
};

/** One event, one turn. News of a run that is not the living one is late and changes nothing. */
export function step(process: Supervised, event: SupervisorEvent, turn: Turn): Step {
  if ('run' in event && event.run !== livingRun(process)) return stay(process);
  // The table's type proves that every pair has its cell; the compiler cannot follow the pairing through an index.
  const cell = TABLE[process.state.kind][event.kind] as (p: Supervised, e: SupervisorEvent, t: Turn) => Step;
  return cell(process, event, turn);
}

type AskedStop = Kind<SupervisorEvent, 'stop'> | Kind<SupervisorEvent, 'kill'>;

function stopAsked(p: In<'running'>, asked: AskedStop, turn: Turn, kill: boolean): Step {
  return beginStop(owe({ ...p, desired: 'stopped' }, asked, 'down'), p.state.run, turn, {
    then: 'stop',
    kill,
    why: whyAsked(kill ? 'killed' : 'stopped', asked),
    exit: null,
  });
}

const overtakeUp = (p: Supervised, asked: AskedStop): Step =>
  answerWaiting(p, 'up', false, `not started: ${whyAsked(asked.kind === 'kill' ? 'killed' : 'stopped', asked)}`);

/** A stop that was followed by a start: the stop is true now, and the start's answer will carry its certificate. */
function downButGoingUp(p: Supervised, certificate: StopCertificate | null): Step {
  const told = answerWaiting(p, 'down', true, 'stopped; starting again, as asked since', certificate);
  const waiting = told.process.waiting.map((up) => ({ ...up, certificate }));
  return { process: { ...told.process, waiting }, effects: told.effects };
}

function stoppedWhileDown(p: In<'backoff' | 'exited'>, asked: AskedStop, turn: Turn): Step {
  const state: Kind<SupervisorState, 'stopped'> = {
    kind: 'stopped',
    why: whyAsked('stopped', asked),
    sinceMs: turn.nowMs,
    exit: p.state.exit,
    certificate: null,
  };
  const overtaken = overtakeUp(p, asked);
  const message = `stopped; it had ended already, ${describeExit(p.state.exit)}`;
  return andThen(overtaken, (now) => answer({ ...now, desired: 'stopped', state }, asked, { ok: true, message }));
}

function stopLeftover(p: In<'failed'>, asked: AskedStop, turn: Turn): Step {
  const { leftover, exit, certificate } = p.state;
  if (leftover !== null)
    return beginStop(owe({ ...p, desired: 'stopped' }, asked, 'down'), leftover, turn, {
      then: 'stop',
      kill: true,
      why: whyAsked(asked.kind === 'kill' ? 'killed' : 'stopped', asked),
      exit,
    });
  const state: Kind<SupervisorState, 'stopped'> = {
    kind: 'stopped',
    why: whyAsked('stopped', asked),
    sinceMs: turn.nowMs,
    exit,
    certificate,
  };
  return answer({ ...p, desired: 'stopped', state }, asked, { ok: true, message: 'stopped; it was not running' });
}

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

/** The run went down with the machine. What was wanted to run is started again, and nothing counts as a failure. */
function afterReboot(
  p: In<'starting' | 'running' | 'stopping' | 'failed'>,
  run: Kind<SupervisorEvent, 'rebooted'>['run'],
  exit: Kind<SupervisorEvent, 'rebooted'>['exit'],
  turn: Turn,
): Step {
  return andThen(runEnded(p, run, exit, null), (now) => {
    if (now.desired === 'stopped') return settleStopped(now, turn, 'stopped; the machine was restarted', exit, null);
    if (now.spec.restart.when === 'never')
      return fail(now, turn, 'the machine was restarted; the policy is never to restart', exit, null);
    return andThen(downButGoingUp(now, null), (again) =>
      launch({ ...again, restarts: again.restarts + 1 }, turn, 'started again: the machine was restarted'),
    );
  });
}
