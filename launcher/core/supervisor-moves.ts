/** The moves of the supervisor's table: each takes a process to one state and says what must be done for it. */
import { describeExit, type Exit } from '../../protocol/exit';
import type { CommandId, RunId } from '../../protocol/ids';
import { runBornAtMs } from '../../protocol/ids';
import type { CommandResult } from '../../protocol/link';
import type { ProcessIdentity, StopCertificate } from '../../protocol/process-state';
import type { ProcessSpec } from '../../protocol/process-spec';
import { decideRestart } from '../../protocol/restart-policy';
import type { Supervised, SupervisorState, Waiting } from './supervisor-state';
import type { Step, SupervisorEffect, SupervisorEvent, Turn } from './supervisor-words';

export type Asked = Extract<SupervisorEvent, { kind: 'start' | 'stop' | 'restart' | 'kill' }>;
type Stop = 'stop' | 'restart' | 'policy';

export const stay = (process: Supervised): Step => ({ process, effects: [] });

export const whyAsked = (verb: string, asked: Asked): string =>
  `${verb} by ${asked.by}${asked.why === '' ? '' : `: ${asked.why}`}`;

/** Owes the asker an answer, given when it is true. */
export const owe = (process: Supervised, asked: Asked, until: Waiting['until']): Supervised =>
  asked.command === null
    ? process
    : { ...process, waiting: [...process.waiting, { command: asked.command, until, certificate: null }] };

/** Answers at once, because it is so already or cannot become so. */
export const answer = (process: Supervised, asked: Asked, result: Omit<CommandResult, 'certificate'>): Step => ({
  process,
  effects: asked.command === null ? [] : [said(asked.command, { ...result, certificate: null })],
});

const said = (command: CommandId, result: CommandResult): SupervisorEffect => ({ kind: 'answer', command, result });

/** Answers everyone who waits for `until` (or for anything) and forgets them. */
export function answerWaiting(
  process: Supervised,
  until: Waiting['until'] | 'either',
  ok: boolean,
  message: string,
  certificate: StopCertificate | null = null,
): Step {
  const due = process.waiting.filter((waiting) => until === 'either' || waiting.until === until);
  return {
    process: { ...process, waiting: process.waiting.filter((waiting) => !due.includes(waiting)) },
    effects: due.map((waiting) =>
      said(waiting.command, { ok, message, certificate: certificate ?? waiting.certificate }),
    ),
  };
}

/** Does `next` on what `first` left, effects in order. */
export function andThen(first: Step, next: (process: Supervised) => Step): Step {
  const second = next(first.process);
  return { process: second.process, effects: [...first.effects, ...second.effects] };
}

/** `restart 2 of 10, after exit code 1` */
export const whyRestarted = (
  { attempt, exit }: Extract<SupervisorState, { kind: 'backoff' }>,
  { restart }: ProcessSpec,
): string => `restart ${attempt} of ${restart.maxRestarts}, after ${describeExit(exit)}`;

/** A new run is born. Only called where `livingRun` is null or was just verified gone. */
export function launch(process: Supervised, turn: Turn, why: string): Step {
  const run = turn.nextRun;
  return {
    process: { ...process, state: { kind: 'starting', why, sinceMs: turn.nowMs, run, onceUp: 'run' } },
    effects: [{ kind: 'spawn', run }],
  };
}

/** A person starts it: the budget begins anew, and it is wanted from now on. */
export function launchAsked(process: Supervised, asked: Asked, turn: Turn): Step {
  const restarts = process.restarts + (asked.kind === 'restart' ? 1 : 0);
  const wanted: Supervised = { ...process, desired: 'running', history: { restartsAtMs: [] }, restarts };
  return launch(owe(wanted, asked, 'up'), turn, whyAsked(asked.kind === 'restart' ? 'restarted' : 'started', asked));
}

/** The tree is told to go. `kill`: at once, without grace. */
export function beginStop(
  process: Supervised,
  run: RunId,
  turn: Turn,
  stop: { readonly then: Stop; readonly kill: boolean; readonly why: string; readonly exit: Exit | null },
): Step {
  const { signal, graceMs } = process.spec.stop;
  return {
    process: {
      ...process,
      state: {
        kind: 'stopping',
        why: stop.why,
        sinceMs: turn.nowMs,
        run,
        killAtMs: turn.nowMs + (stop.kill ? 0 : graceMs),
        killed: stop.kill,
        then: stop.then,
        exit: stop.exit,
      },
    },
    effects: [stop.kill ? { kind: 'killTree', run } : { kind: 'stopTree', run, signal }],
  };
}

/** The shim's word arrived: up, unless something else was asked meanwhile. */
export function comeUp(process: Supervised, run: RunId, identity: ProcessIdentity, turn: Turn): Step {
  const why = process.state.why;
  const up: Step = {
    process: { ...process, state: { kind: 'running', why, sinceMs: turn.nowMs, run, identity, readyAtMs: turn.nowMs } },
    effects: [{ kind: 'runStarted', run, identity }],
  };
  return andThen(up, (now) => answerWaiting(now, 'up', true, `running, pid ${identity.pid}`));
}

/** The run is over: remembered here, and told. */
export const runEnded = (process: Supervised, run: RunId, exit: Exit, certificate: StopCertificate | null): Step => ({
  process: { ...process, lastExit: exit },
  effects: [{ kind: 'runEnded', run, exit, certificate }],
});

/** A run ended with nothing left of it: the restart policy decides. */
export function settleByPolicy(
  process: Supervised,
  ended: { readonly run: RunId; readonly exit: Exit; readonly certificate: StopCertificate | null },
  turn: Turn,
): Step {
  const { run, exit, certificate } = ended;
  return andThen(runEnded(process, run, exit, certificate), (now) =>
    afterEnd(now, exit, Math.max(0, exit.atMs - runBornAtMs(run)), turn, certificate),
  );
}

function afterEnd(
  process: Supervised,
  exit: Exit,
  ranMs: number,
  turn: Turn,
  certificate: StopCertificate | null,
  instead?: string,
): Step {
  const { nowMs, random } = turn;
  const decision = decideRestart(process.spec.restart, process.history, { exit, ranMs, nowMs, random });
  const why = instead === undefined ? decision.why : decision.why.replace(describeExit(exit), instead);
  switch (decision.kind) {
    case 'restart':
      return stay({
        ...process,
        history: { restartsAtMs: [...decision.history.restartsAtMs] },
        state: {
          kind: 'backoff',
          why,
          sinceMs: nowMs,
          exit,
          restartAtMs: decision.atMs,
          attempt: decision.attempt,
        },
      });
    case 'end':
      return answerWaiting(
        { ...process, state: { kind: 'exited', why, sinceMs: nowMs, exit } },
        'either',
        false,
        `not running: ${why}`,
      );
    case 'fail':
      return fail(process, turn, why, exit, certificate);
  }
}

/** Given up, and everybody who waits is told. */
export function fail(
  process: Supervised,
  turn: Turn,
  why: string,
  exit: Exit | null,
  certificate: StopCertificate | null,
  leftover: RunId | null = null,
): Step {
  return answerWaiting(
    { ...process, state: { kind: 'failed', why, sinceMs: turn.nowMs, exit, certificate, leftover } },
    'either',
    false,
    why,
    certificate,
  );
}

/** Nobody was born. What can change by itself is tried again under the same policy as a quick death. */
export function spawnFailed(process: Supervised, why: string, retryable: boolean, turn: Turn): Step {
  const sentence = `could not be started: ${why}`;
  if (!retryable) return fail(process, turn, sentence, null, null);
  const exit: Exit = { exitCode: null, signal: null, atMs: turn.nowMs, source: 'unknown', cause: null };
  const told = answerWaiting(process, 'either', false, sentence);
  return andThen(told, (now) => afterEnd(now, exit, 0, turn, null, sentence));
}

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
  return andThen(answerWaiting(stopped, 'down', true, message, certificate), (now) =>
    answerWaiting(now, 'up', false, `not started: ${why}`, certificate),
  );
}
