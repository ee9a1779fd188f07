/** How urgently a row wants a person: problems first, then what is moving, then what is well, then what is at rest. */
import type { ProcessView, ShownProcessState, WorkerState, WorkerView } from '../../../protocol/views';

const PROCESS_RANK: Readonly<Record<ShownProcessState, number>> = {
  failed: 0,
  unknown: 1,
  backoff: 2,
  waiting: 4,
  stopping: 5,
  starting: 6,
  running: 7,
  exited: 8,
  stopped: 9,
};
const WORKER_RANK: Readonly<Record<WorkerState, number>> = {
  pending_approval: 1,
  offline: 1,
  stale: 2,
  connecting: 6,
  draining: 6,
  busy: 7,
  idle: 8,
};
/** Running, but not well: a failed health check or a finding of ProcessMonitor. */
const UNWELL = 3;
/** Ranks below this are problems. */
const CALM = 4;

/** A worker in trouble is trouble for what it runs: nobody can say whether that is still so. */
export function processRank(process: ProcessView, worker: WorkerView | undefined): number {
  const rank = PROCESS_RANK[process.state];
  const unwell = process.healthy === false || process.findings.length > 0;
  return unwell || (worker !== undefined && isProblem(workerRank(worker))) ? Math.min(rank, UNWELL) : rank;
}

export function workerRank(worker: WorkerView): number {
  const rank = WORKER_RANK[worker.state];
  return worker.findings.length > 0 ? Math.min(rank, UNWELL) : rank;
}

export const isProblem = (rank: number): boolean => rank < CALM;

/** Does it have a child, as far as anyone knows? Decides which actions make sense and what a stop would end. */
export const isAlive = (process: ProcessView): boolean =>
  process.state === 'running' || process.state === 'starting' || process.state === 'stopping';

const COMING_UP: ReadonlySet<ShownProcessState> = new Set(['running', 'starting', 'backoff', 'waiting']);

/**
 * What is wanted differs from what is, and nothing is on its way to mend that. Disabled, it is as somebody wants it; ended
 * well, and left so by its policy, it did what was wanted.
 */
export function desiredDiffers(process: ProcessView): boolean {
  if (process.disabled !== null || (process.state === 'exited' && process.exit_code === 0)) return false;
  const up = COMING_UP.has(process.state);
  const unknown = process.state === 'unknown';
  return unknown ? process.desired === 'stopped' : up !== (process.desired === 'running');
}

/** What to tell first of a process: its own finding, its worker's trouble, else its why. */
export function foremostWhy(process: ProcessView, worker: WorkerView | undefined): string {
  const [finding] = process.findings;
  if (finding !== undefined) return finding;
  if (worker === undefined || !isProblem(workerRank(worker)) || isProblem(PROCESS_RANK[process.state]))
    return process.why;
  return worker.findings[0] ?? worker.why;
}
