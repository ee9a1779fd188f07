/**
 * What a launcher remembers of one process. The wire shows `ProcessState` (protocol); here stands what the supervisor
 * must remember beside it, so that a launcher killed at any moment goes on exactly where it was.
 */
import { z } from 'zod';
import { CommandId, RunId } from '../../protocol/ids';
import { Exit } from '../../protocol/exit';
import { ProcessSpec } from '../../protocol/process-spec';
import { Desired, ProcessIdentity, StopCertificate } from '../../protocol/process-state';

const told = { why: z.string(), sinceMs: z.number() };

export const SupervisorState = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stopped'),
    ...told,
    exit: Exit.nullable(),
    certificate: StopCertificate.nullable(),
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
    /** When its ready probe succeeded; without one, when it came up. */
    readyAtMs: z.number().nullable().default(null),
  }),
  z.object({
    kind: z.literal('stopping'),
    ...told,
    run: RunId,
    killAtMs: z.number(),
    /** SIGKILL was already sent. */
    killed: z.boolean(),
    /** `policy`: it ended by itself and left processes behind; once they are gone the restart policy decides. */
    then: z.enum(['stop', 'restart', 'policy']),
    /** Null until the leader ended. */
    exit: Exit.nullable(),
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
  }),
]);
export type SupervisorState = z.infer<typeof SupervisorState>;

/** A command whose answer is owed. */
export const Waiting = z.object({
  command: CommandId,
  until: z.enum(['up', 'down']),
  /** How the stop that belongs to it went; null until then. */
  certificate: StopCertificate.nullable(),
});
export type Waiting = z.infer<typeof Waiting>;

export const Supervised = z.object({
  spec: ProcessSpec,
  desired: Desired,
  state: SupervisorState,
  /** When the restarts that still count happened, oldest first. */
  history: z.object({ restartsAtMs: z.array(z.number()) }),
  /** Automatic and operator restarts since this launcher's data directory first met the process. */
  restarts: z.number().int().nonnegative(),
  lastExit: Exit.nullable(),
  waiting: z.array(Waiting),
});
export type Supervised = z.infer<typeof Supervised>;

/** A process that was never run. */
export const newcomer = (spec: ProcessSpec, nowMs: number): Supervised => ({
  spec,
  desired: 'stopped',
  state: { kind: 'stopped', why: 'not started yet', sinceMs: nowMs, exit: null, certificate: null },
  history: { restartsAtMs: [] },
  restarts: 0,
  lastExit: null,
  waiting: [],
});

/** When the supervisor wants to be woken; null = only by an event. Timers are data, so they survive the launcher. */
export const nextTimerMs = ({ state }: Supervised): number | null =>
  state.kind === 'backoff' ? state.restartAtMs : state.kind === 'stopping' && !state.killed ? state.killAtMs : null;

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
