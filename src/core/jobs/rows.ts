/**
 * What the manager remembers of jobs. A job is one unit of queued work; an attempt is one try of it on one worker, and
 * the lease at the same time: whoever names the attempt speaks of exactly this try. A job has at most one live attempt
 * (a gang: one for each node).
 */
import type { Exit } from '../../../protocol/exit';
import type { RunId, WorkerId } from '../../../protocol/ids';
import type { AttemptId, AttemptOutcome, JobId, JobSpec } from '../../../protocol/jobs';
import type { ScheduleName } from '../../../protocol/schedules';

export type JobState =
  /** Not yet for any worker. `untilMs`: when it is over by itself; null = by something that happens. */
  | { readonly kind: 'waiting'; readonly for: 'dependencies' | 'delay' | 'approval'; readonly untilMs: number | null }
  | { readonly kind: 'queued' }
  /** It has live attempts; they say how far it is. */
  | { readonly kind: 'active' }
  | { readonly kind: 'completed' | 'failed' | 'cancelled'; readonly why: string };

/** One for all that wait, and one for all of which a face has nothing to keep: there may be a hundred thousand. */
export const QUEUED: JobState = Object.freeze({ kind: 'queued' });
export const NO_META: Job['meta'] = Object.freeze({});

export interface Job {
  readonly id: JobId;
  readonly spec: JobSpec;
  readonly state: JobState;
  readonly sinceMs: number;
  readonly submittedAtMs: number;
  /** When somebody tried it again last. Absent = nobody did. */
  readonly retriedAtMs?: number;
  /**
   * Of what it waits for: those that were as they had to be when it ended without ever having run. They may be forgotten
   * when it is tried again. Absent = none were, or it has run: then all were.
   */
  readonly met?: readonly JobId[];
  /** Place among those of equal priority; rises with each submission, and keeps through retries and preemption. */
  readonly order: number;
  /** Who submitted it: limits and fair share are theirs. */
  readonly owner: string;
  /** Which face it came by, for how it is shown there. */
  readonly via: 'procguard' | 'remotegpu' | 'simpletuner';
  /** Two submissions with one key are one. Null = none was given. */
  readonly key: string | null;
  /** Tries that failed and were followed by another. Preemption, lost workers' grace and hindered tries do not count as failures. */
  readonly retries: number;
  /** Of the attempt that decides: the newest. Null = none yet. */
  readonly lastAttempt: AttemptId | null;
  readonly exitCode: number | null;
  readonly progress: Progress | null;
  /** The face's own words about it, kept for its answers (config_name, customer...). */
  readonly meta: Readonly<Record<string, string>>;
  /** The schedule that it is of. Absent = somebody submitted it. */
  readonly schedule?: ScheduledFor;
}

/** Of `Job.meta`: what workers of SimpleTuner are given as `config` (JSON). */
export const META_CONFIG = 'config';

export interface ScheduledFor {
  readonly name: ScheduleName;
  /** The time that it is for, by the wall's clock; when it is submitted may be later. */
  readonly plannedAtMs: number;
}

export interface Progress {
  readonly percent: number | null;
  readonly message: string | null;
}

/** Devices of one worker that an attempt holds: by index; null memory = the whole device. */
export interface HeldGpu {
  readonly index: number;
  readonly memoryBytes: number | null;
}

/** A device by its worker's word. */
export interface DeclaredGpu {
  readonly index: number;
  readonly name: string;
  readonly memoryBytes: number | null;
}

/** All devices of a worker together, by its own word: it does not tell them apart. Null = it does not say. */
export interface DeviceLoad {
  /** Busy share, 0 to 1. */
  readonly utilization: number | null;
  readonly usedBytes: number | null;
}

export type AttemptState =
  | { readonly kind: 'assigned' }
  | { readonly kind: 'running'; readonly sinceMs: number }
  /** `atMs`: when that was heard. */
  | { readonly kind: 'ended'; readonly outcome: AttemptOutcome; readonly why: string; readonly atMs: number };

/** Asked to end. Its end is this outcome, unless it completed before the word reached it. */
export interface Stop {
  readonly outcome: AttemptOutcome;
  /** The job that is to have its place; null = nobody. */
  readonly forJob: JobId | null;
  readonly by: string;
  readonly why: string;
  readonly atMs: number;
}

export interface Attempt {
  readonly id: AttemptId;
  readonly job: JobId;
  readonly epoch: number;
  readonly worker: WorkerId;
  /** 0 to nodes-1 of a gang; 0 otherwise. */
  readonly node: number;
  /** Epoch of the first attempt that was assigned together with it: a gang's nodes share it. */
  readonly round: number;
  readonly state: AttemptState;
  readonly stop: Stop | null;
  readonly gpus: readonly HeldGpu[];
  /** What it takes of its worker's cores and memory. */
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly assignedAtMs: number;
  readonly startedAtMs: number | null;
  /** How long it ran, by its launcher's clock (run-time.ts). Absent = it lives, or nobody knows. */
  readonly ranMs?: number;
  /** How long after its last renewal it is given away. */
  readonly leaseMs: number;
  readonly run: RunId | null;
  /** By its launcher's word it was not born, for a reason that may pass: nothing of it ran. Absent = not so, or not known. */
  readonly isHindered?: true;
  readonly exit: Exit | null;
  readonly outputBytes: number | null;
  readonly isolation: readonly string[];
  /** What was asked for and is not in force, a sentence each. Absent = nothing was told. */
  readonly unenforced?: readonly string[];
  /** Head and tail of the output, of workers that send it with the result; null = it is in the log store. */
  readonly output: { readonly stdout: string; readonly stderr: string } | null;
  /** The request by which its worker claimed it, so that a repeat gets it again. Absent = it named none, or did not claim. */
  readonly claim?: string;
}

/** When it may wait no longer for its first start, counted from its submission or from when somebody tried it again; null = no limit. */
export const queueEndsAtMs = ({ spec, submittedAtMs, retriedAtMs }: Job): number | null =>
  spec.timeouts.queueMs === null ? null : Math.max(submittedAtMs, retriedAtMs ?? 0) + spec.timeouts.queueMs;

export const isOver = ({ state }: Job): boolean =>
  state.kind === 'completed' || state.kind === 'failed' || state.kind === 'cancelled';
export const isLive = ({ state }: Attempt): boolean => state.kind !== 'ended';
