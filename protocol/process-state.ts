/**
 * What a process is, as its launcher reports it. Each variant holds exactly what is true then. The manager adds one
 * more word when it cannot know: `unknown`, laid over the last report while the worker is lost (DESIGN promise 7).
 * What is wanted of a process is `Desired`, another field, never mixed in.
 */
import { z } from 'zod';
import { RunId } from './ids';
import { Unmet } from './dependencies';
import { Exit } from './exit';
import { Moment } from './moment';

export const Desired = z.enum(['running', 'stopped']);
export type Desired = z.infer<typeof Desired>;

/** The tree's root: identity is boot id + pid + kernel start time + the run's cookie; a pid alone is none. */
export const ProcessIdentity = z.object({
  bootId: z.string(),
  pid: z.number().int().positive(),
  /** Clock ticks after boot, field 22 of /proc/<pid>/stat. */
  startTicks: z.number().int().nonnegative(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** Proof that a tree is gone, or the list of what is left. */
export const StopCertificate = z.object({
  run: RunId,
  requestedAtMs: z.number(),
  finishedAtMs: z.number(),
  /** How emptiness was checked: the run's cgroup, a scan of /proc for session, group and cookie, or pids alone. */
  verifiedBy: z.enum(['cgroup', 'proc-scan', 'pid-list']),
  /** Every process that was ever seen in the tree while it was being stopped. */
  seen: z.array(z.object({ pid: z.number().int(), command: z.string(), goneAtMs: z.number().nullable() })),
  /** Signals in the order sent, ms after the request. */
  signals: z.array(z.object({ signal: z.string(), afterMs: z.number(), to: z.string() })),
  /** Processes still there: empty means gone. */
  left: z.array(z.object({ pid: z.number().int(), command: z.string() })),
  exit: Exit.nullable(),
});
export type StopCertificate = z.infer<typeof StopCertificate>;

const Why = z.string();

export const ProcessState = z.discriminatedUnion('kind', [
  /** Not running and not wanted. `certificate` says how the last stop went; null = never ran, or ended before the stop. */
  z.object({
    kind: z.literal('stopped'),
    why: Why,
    sinceMs: z.number(),
    exit: Exit.nullable(),
    certificate: StopCertificate.nullable(),
  }),
  /** Wanted, and held back until what it depends on is as it must be. Nothing runs. */
  z.object({ kind: z.literal('waiting'), why: Why, sinceMs: z.number(), on: z.array(Unmet), exit: Exit.nullable() }),
  z.object({ kind: z.literal('starting'), why: Why, sinceMs: z.number(), run: RunId }),
  z.object({
    kind: z.literal('running'),
    why: Why,
    sinceMs: z.number(),
    run: RunId,
    identity: ProcessIdentity,
    /** When its ready probe succeeded; without one, when it came up. Null = not ready yet. */
    readyAtMs: z.number().nullable().default(null),
  }),
  z.object({
    kind: z.literal('stopping'),
    why: Why,
    sinceMs: z.number(),
    run: RunId,
    /** When SIGKILL follows, after all steps. */
    killAtMs: z.number(),
    then: z.enum(['stop', 'restart']),
  }),
  /** Ended, and starts again at `restartAtMs`. */
  z.object({
    kind: z.literal('backoff'),
    why: Why,
    sinceMs: z.number(),
    exit: Exit,
    restartAtMs: z.number(),
    attempt: z.number().int(),
  }),
  /** Ended by itself with exit code 0 and its policy leaves it so. */
  z.object({ kind: z.literal('exited'), why: Why, sinceMs: z.number(), exit: Exit }),
  /** Given up: the budget is spent, the policy is never, it could not be spawned (exit null), or could not be stopped. */
  z.object({
    kind: z.literal('failed'),
    why: Why,
    sinceMs: z.number(),
    exit: Exit.nullable(),
    certificate: StopCertificate.nullable(),
  }),
]);
export type ProcessState = z.infer<typeof ProcessState>;
export type ProcessStateKind = ProcessState['kind'];

/** An operator's word that a process is not to run, kept over every restart, with its author. */
export const Disabled = z.object({
  by: z.string(),
  reason: z.string(),
  sinceMs: z.number(),
  /** When it ends by itself; null = when somebody enables it. */
  untilMs: Moment.nullable(),
});
export type Disabled = z.infer<typeof Disabled>;

/** Everything a launcher knows of one process. */
export const ProcessReport = z.object({
  name: z.string(),
  desired: Desired,
  state: ProcessState,
  /** Automatic restarts and operator restarts since the launcher first met this process; the first start is none. */
  restarts: z.number().int().nonnegative(),
  /** Restarts that count against the budget; of one that failed, those that did then. */
  restartsCounted: z.number().int().nonnegative(),
  lastExit: Exit.nullable(),
  /** Null = it may run. */
  disabled: Disabled.nullable().default(null),
  /** What its definition asks for and the present run does not have, a sentence each: `limits.cpu: no cgroup can be made here`. */
  unenforced: z.array(z.string()).default([]),
  /** What the present run is really held by, a clause each: `memory 2G by cgroup v2`. Absent = nothing was told. */
  isolation: z.array(z.string()).optional(),
});
export type ProcessReport = z.infer<typeof ProcessReport>;
