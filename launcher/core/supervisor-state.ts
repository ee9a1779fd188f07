/**
 * What a launcher remembers of one process. The wire shows `ProcessState` (protocol); here stands what the supervisor
 * must remember beside it, so that a launcher killed at any moment goes on exactly where it was.
 */
import { z } from 'zod';
import { Unmet } from '../../protocol/dependencies';
import { CommandId, RunId } from '../../protocol/ids';
import { Exit } from '../../protocol/exit';
import { ProcessSpec, StopStep } from '../../protocol/process-spec';
import { Desired, Disabled, ProcessIdentity, StopCertificate } from '../../protocol/process-state';

const told = { why: z.string(), sinceMs: z.number() };

/** Why a run is to be born. */
export const Birth = z.object({
  why: z.string(),
  /** It follows an earlier run, so it is counted when it is born. */
  isRestart: z.boolean(),
});
export type Birth = z.infer<typeof Birth>;

/** A probe or a deadline ended the run. */
export const Unwell = z.object({
  /** A sentence: `GET http://127.0.0.1:80/ failed 3 times in a row`. */
  why: z.string(),
  /** What it is known by, one clause. */
  evidence: z.string(),
});
export type Unwell = z.infer<typeof Unwell>;

export const SupervisorState = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stopped'),
    ...told,
    exit: Exit.nullable(),
    certificate: StopCertificate.nullable(),
  }),
  /** Wanted, and held back: what it depends on is not as it must be. Nothing of it runs. */
  z.object({
    kind: z.literal('waiting'),
    ...told,
    on: z.array(Unmet),
    birth: Birth,
    /** Of the run before; null = it never ran. */
    exit: Exit.nullable(),
  }),
  /** Between the decision to start and the word of the shim that the child is born. */
  z.object({
    kind: z.literal('starting'),
    ...told,
    run: RunId,
    /** What was asked meanwhile. Acted on once the child is up: before that there is nobody to signal. */
    onceUp: z.enum(['run', 'stop', 'kill', 'restart']),
  }),
  z.object({
    kind: z.literal('running'),
    ...told,
    run: RunId,
    identity: ProcessIdentity,
    /** When its ready probe succeeded; without one, when it came up. Null = not ready yet. */
    readyAtMs: z.number().nullable().default(null),
  }),
  z.object({
    kind: z.literal('stopping'),
    ...told,
    run: RunId,
    /** The signal sent last. Null = SIGKILL, or a record of an earlier version: then the definition's first. */
    signal: z.string().nullable().default(null),
    /** The steps that are still to come. The next one is due as long before `killAtMs` as their graces take. */
    further: z.array(StopStep).default([]),
    killAtMs: z.number(),
    /** SIGKILL was already sent. */
    killed: z.boolean(),
    /** `policy`: nobody asked for this stop; once the tree is gone the restart policy decides. */
    then: z.enum(['stop', 'restart', 'policy']),
    /** Null until the leader ended. */
    exit: Exit.nullable(),
    /** Since when the run was ready; null = it never was. What counts as a healthy life begins there. */
    readyAtMs: z.number().nullable().default(null),
    /** Set where it is ended for a failed probe: then it failed, whatever exit code the stop gives. */
    unwell: Unwell.nullable().default(null),
  }),
  z.object({
    kind: z.literal('backoff'),
    ...told,
    exit: Exit,
    restartAtMs: z.number(),
    attempt: z.number().int(),
  }),
  z.object({ kind: z.literal('exited'), ...told, exit: Exit }),
  z.object({
    kind: z.literal('failed'),
    ...told,
    exit: Exit.nullable(),
    certificate: StopCertificate.nullable(),
    /** The run whose processes could not be ended: no start before they are gone. Null = nothing is left. */
    leftover: RunId.nullable(),
    /** Of the run that is left over, as in `stopping`. */
    unwell: Unwell.nullable().default(null),
  }),
]);
export type SupervisorState = z.infer<typeof SupervisorState>;

/** A command whose answer is owed. */
export const OwedAnswer = z.object({
  command: CommandId,
  /** `up`: when it runs and is ready. */
  until: z.enum(['up', 'down']),
  /** How the stop that belongs to it went; null until then. */
  certificate: StopCertificate.nullable(),
});
export type OwedAnswer = z.infer<typeof OwedAnswer>;

export const Supervised = z.object({
  spec: ProcessSpec,
  /** The operator's wish. Being disabled is laid over it and does not change it. */
  desired: Desired,
  /** It was wanted when everything here was ended, and nobody has wished otherwise since. */
  startAgain: z.boolean().default(false),
  /** Null = it may run. */
  disabled: Disabled.nullable().default(null),
  state: SupervisorState,
  /** When the restarts that still count happened, oldest first. */
  history: z.object({ restartsAtMs: z.array(z.number()) }),
  /** Automatic and operator restarts since this launcher's data directory first met the process. */
  restarts: z.number().int().nonnegative(),
  lastExit: Exit.nullable(),
  /** What the definition asks for and the living run does not have, a sentence each. */
  unenforced: z.array(z.string()).default([]),
  /** What the living run is held by, a clause each. */
  isolation: z.array(z.string()).default([]),
  owed: z.array(OwedAnswer).default([]),
});
export type Supervised = z.infer<typeof Supervised>;

/** A process that was never run. */
export const newcomer = (spec: ProcessSpec, nowMs: number): Supervised => ({
  spec,
  desired: 'stopped',
  startAgain: false,
  disabled: null,
  state: { kind: 'stopped', why: 'not started yet', sinceMs: nowMs, exit: null, certificate: null },
  history: { restartsAtMs: [] },
  restarts: 0,
  lastExit: null,
  unenforced: [],
  isolation: [],
  owed: [],
});

/** Its run was begun without it: whoever hears of the birth goes on from here. */
export const begunBefore = (process: Supervised, run: RunId, nowMs: number): Supervised => ({
  ...process,
  desired: 'running',
  state: { kind: 'starting', why: '', sinceMs: nowMs, run, onceUp: 'run' },
});

/** It is wanted, and nobody disabled it. Whether it may run now is also a matter of what it depends on. */
export const isToRun = ({ desired, disabled }: Supervised): boolean => desired === 'running' && disabled === null;

/**
 * It was ended with everything else, or held back meanwhile: it goes on as soon as nothing is being ended any more. An attempt
 * of a job does not: it is over, and its manager was told.
 */
export const goesOn = (process: Supervised): boolean =>
  process.spec.role !== 'job' &&
  process.state.kind === 'stopped' &&
  process.disabled === null &&
  (process.startAgain || isToRun(process));

/** When the supervisor wants to be woken; null = only by an event. Timers are data, so they survive the launcher. */
export function nextTimerMs({ state, disabled }: Supervised): number | null {
  const dueMs = [stateTimerMs(state), disabled?.untilMs ?? null].filter((atMs) => atMs !== null);
  return dueMs.length === 0 ? null : Math.min(...dueMs);
}

function stateTimerMs(state: SupervisorState): number | null {
  switch (state.kind) {
    case 'backoff':
      return state.restartAtMs;
    case 'stopping':
      return state.killed ? null : nextStopStepMs(state);
    default:
      return null;
  }
}

/** When the next step of a stop is due, or SIGKILL after the last one. */
export const nextStopStepMs = ({
  killAtMs,
  further,
}: Pick<Extract<SupervisorState, { kind: 'stopping' }>, 'killAtMs' | 'further'>): number => killAtMs - graceOf(further);

/** All of it, when every grace is used up. */
export const graceOf = (steps: readonly StopStep[]): number => steps.reduce((sum, { graceMs }) => sum + graceMs, 0);

/** The run that may have living processes; null = none has. At most one, ever: DESIGN promise 2. */
export const livingRun = ({ state }: Supervised): RunId | null => {
  switch (state.kind) {
    case 'starting':
    case 'running':
    case 'stopping':
      return state.run;
    case 'failed':
      return state.leftover;
    default:
      return null;
  }
};
