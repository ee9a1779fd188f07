/** What becomes of a task when its attempt is over: verified gone, or never born. Pure. */
import { describeExit, isClean, type Exit } from '../../../protocol/exit';
import { inState, type Task, type TaskIn, type TaskState } from './task';

/** How an attempt ended. */
export interface AttemptEnd {
  /** Null = it was never born. */
  readonly exit: Exit | null;
  /** The launcher's sentence on it. */
  readonly why: string;
  /** What the machine's owner has against the command; null = nothing. */
  readonly rejected: string | null;
}

const NO_EXIT_CODE = -1;

/** An end of its own counts for what it is, however shortly before it was asked to end. */
export function afterAttempt(task: TaskIn<'running'>, end: AttemptEnd, nowMs: number): Task {
  const { startedAtMs, ending } = task.state;
  const exitCode = end.exit?.exitCode ?? NO_EXIT_CODE;
  if (end.rejected !== null)
    return failed(task, { startedAtMs: null, exitCode: NO_EXIT_CODE, ...rejection(end) }, nowMs);
  if (end.exit?.cause?.kind !== 'own') {
    if (ending === 'cancelled') return inState(task, { kind: 'cancelled', startedAtMs, endedAtMs: nowMs, exitCode });
    // Waiting again, in its old place; no retry is spent for what others needed.
    if (ending === 'preempted') return inState(task, { kind: 'pending', notBeforeMs: null });
    if (ending === 'timeout') return failedOrAgain(task, { startedAtMs, exitCode, error: timedOut(task) }, nowMs);
  }
  // What would hold it back again, however often it is tried.
  if (end.exit === null) return failed(task, { startedAtMs: null, exitCode, error: end.why }, nowMs);
  if (isClean(end.exit)) return inState(task, { kind: 'completed', startedAtMs, endedAtMs: nowMs });
  // Nobody knows how it ended, or it was not born for a reason that passes: the launcher's own sentence says more.
  const error = end.exit.source === 'unknown' ? end.why : describeExit(end.exit);
  return failedOrAgain(task, { startedAtMs, exitCode, error }, nowMs);
}

/** It waits for what will never be, or is refused before it is tried. */
export const failedUnborn = (task: Task, error: string, nowMs: number): Task =>
  failed(task, { startedAtMs: null, exitCode: NO_EXIT_CODE, error }, nowMs);

export const rejectedText = (why: string): string => `command rejected: ${why}`;

type Failure = Omit<Extract<TaskState, { kind: 'failed' }>, 'kind' | 'endedAtMs'>;

const rejection = ({ rejected }: AttemptEnd): Pick<Failure, 'error'> => ({ error: rejectedText(rejected ?? '') });

function failedOrAgain(task: Task, failure: Failure, nowMs: number): Task {
  const { maxRetries, retryDelayMs } = task.wish;
  if (task.retryCount >= maxRetries) return failed(task, failure, nowMs);
  const again = inState(task, { kind: 'pending', notBeforeMs: nowMs + retryDelayMs });
  return { ...again, retryCount: task.retryCount + 1 };
}

const failed = (task: Task, failure: Failure, nowMs: number): Task =>
  inState(task, { kind: 'failed', ...failure, endedAtMs: nowMs });

const timedOut = ({ wish: { timeoutMs } }: Task): string => `timed out after ${timeoutMs / 1000} s`;
