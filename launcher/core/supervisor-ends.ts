/** The moves of the supervisor's table after a run: what ended it, what the restart policy makes of it, and giving up. */
import { describeExit, unknownExit, type Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import { runBornAtMs } from '../../protocol/ids';
import type { StopCertificate } from '../../protocol/process-state';
import { decideRestart } from '../../protocol/restart-policy';
import { andThen, answerOwed, downButGoingUp } from './supervisor-answers';
import { launch } from './supervisor-births';
import { settleStopped } from './supervisor-stops';
import type { Supervised, SupervisorState, Unwell } from './supervisor-state';
import type { Step, SupervisorEvent, Turn } from './supervisor-words';

type SpawnFailed = Extract<SupervisorEvent, { kind: 'spawnFailed' }>;

/** The run is over: remembered here, and told. */
export const runEnded = (process: Supervised, run: RunId, exit: Exit, certificate: StopCertificate | null): Step => ({
  process: { ...process, lastExit: exit, unenforced: [], isolation: [] },
  effects: [{ kind: 'runEnded', run, exit, certificate }],
});

/**
 * Where a probe made us end the run, that is its cause, and the exit code is only how it obeyed. Unless something else was
 * quicker (it ended by itself, the memory killer, a stranger), as the one who saw it end says: then that is.
 */
export function causedBy(unwell: Unwell | null, exit: Exit): Exit {
  const isOurs = exit.cause === null || exit.cause.kind === 'asked';
  return unwell === null || !isOurs ? exit : { ...exit, cause: { kind: 'probe', evidence: unwell.evidence } };
}

interface Ended {
  readonly run: RunId;
  readonly exit: Exit;
  readonly certificate: StopCertificate | null;
  /** When the run became ready; null = never. */
  readonly readyAtMs: number | null;
  readonly unwell: Unwell | null;
}

/** A run ended with nothing left of it: the restart policy decides. */
export function settleByPolicy(process: Supervised, ended: Ended, turn: Turn): Step {
  const { run, exit, certificate, readyAtMs, unwell } = ended;
  // A run that was never ready was never healthy, however long it took: its deadline may be longer than a healthy life.
  const lifeFromMs = process.spec.ready === null ? runBornAtMs(run) : (readyAtMs ?? exit.atMs);
  const ranMs = Math.max(0, exit.atMs - lifeFromMs);
  return andThen(runEnded(process, run, exit, certificate), (now) =>
    afterEnd(now, { exit, ranMs, certificate, instead: exit.cause?.kind === 'probe' ? unwell?.why : undefined }, turn),
  );
}

interface End {
  readonly exit: Exit;
  readonly ranMs: number;
  readonly certificate: StopCertificate | null;
  /** A sentence that says more than the exit. */
  readonly instead?: string | undefined;
}

function afterEnd(process: Supervised, end: End, turn: Turn): Step {
  const { exit, ranMs, certificate, instead } = end;
  const { nowMs, random } = turn;
  const decision = decideRestart(process.spec.restart, process.history, { exit, ranMs, nowMs, random });
  const why = instead === undefined ? decision.why : decision.why.replace(describeExit(exit), () => instead);
  switch (decision.kind) {
    case 'restart': {
      const history = { restartsAtMs: [...decision.history.restartsAtMs] };
      const { atMs: restartAtMs, attempt } = decision;
      const state = { kind: 'backoff', why, sinceMs: nowMs, exit, restartAtMs, attempt } as const;
      const never = process.spec.ready === null ? 'not started' : 'not ready';
      return answerOwed({ ...process, history, state }, 'up', false, `${never}: ${why}`);
    }
    case 'end':
      return answerOwed(
        { ...process, state: { kind: 'exited', why, sinceMs: nowMs, exit } },
        'either',
        false,
        `not running: ${why}`,
      );
    case 'fail':
      return fail(process, turn, why, exit, certificate);
  }
}

/** Given up, and everybody who is owed an answer is told. */
export function fail(
  process: Supervised,
  turn: Turn,
  why: string,
  exit: Exit | null,
  certificate: StopCertificate | null,
): Step {
  const state = { kind: 'failed', why, sinceMs: turn.nowMs, exit, certificate, leftover: null, unwell: null } as const;
  return answerOwed({ ...process, state }, 'either', false, why, certificate);
}

/** SIGKILL did not end all of it. */
export function leftBehind(
  process: Supervised & { readonly state: Extract<SupervisorState, { kind: 'stopping' }> },
  certificate: StopCertificate,
  turn: Turn,
): Step {
  const { run: leftover, exit, unwell } = process.state;
  const names = certificate.left.slice(0, 5).map(({ pid, command }) => `${pid} (${command})`);
  const more = certificate.left.length - names.length;
  const why = `not stopped: SIGKILL did not end ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const state = { kind: 'failed', why, sinceMs: turn.nowMs, exit, certificate, leftover, unwell } as const;
  return answerOwed({ ...process, state }, 'either', false, why, certificate);
}

/** Nobody was born. What can change by itself is tried again under the same policy as a quick death. */
export function spawnFailed(process: Supervised, { why, obstacle }: SpawnFailed, turn: Turn): Step {
  const sentence = `could not be started: ${why}`;
  if (obstacle === 'lasting') return fail(process, turn, sentence, null, null);
  if (obstacle === 'rule') return answeredByRule(fail(process, turn, sentence, null, null));
  const exit = unknownExit(turn.nowMs);
  const told = answerOwed(process, 'either', false, sentence);
  return andThen(told, (now) => afterEnd(now, { exit, ranMs: 0, certificate: null, instead: sentence }, turn));
}

const answeredByRule = ({ process, effects }: Step): Step => ({
  process,
  effects: effects.map((effect) =>
    effect.kind === 'answer' ? { ...effect, result: { ...effect.result, refusedBy: 'rule' } } : effect,
  ),
});

/** The run went down with the machine. What was wanted to run is started again, and nothing counts as a failure. */
export function afterReboot(process: Supervised, run: RunId, exit: Exit, turn: Turn): Step {
  return andThen(runEnded(process, run, exit, null), (now) => {
    if (now.desired === 'stopped') return settleStopped(now, turn, 'stopped; the machine was restarted', exit, null);
    if (now.spec.restart.when === 'never')
      return fail(now, turn, 'the machine was restarted; the policy is never to restart', exit, null);
    return andThen(downButGoingUp(now, null), (again) =>
      launch(again, turn, { why: 'started again: the machine was restarted', isRestart: true }),
    );
  });
}
