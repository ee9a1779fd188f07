/** How urgently a row wants a person: problems first, then what is moving, then what is well, then what is at rest. */
import type { ProcessView, ShownProcessState, WorkerState, WorkerView } from '../../../protocol/views';

const PROCESS_RANK: Readonly<Record<ShownProcessState, number>> = {
  failed: 0,
  unknown: 1,
  backoff: 2,
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

export function processRank(process: ProcessView): number {
  const rank = PROCESS_RANK[process.state];
  return process.healthy === false || process.findings.length > 0 ? Math.min(rank, UNWELL) : rank;
}

export function workerRank(worker: WorkerView): number {
  const rank = WORKER_RANK[worker.state];
  return worker.findings.length > 0 ? Math.min(rank, UNWELL) : rank;
}

export const isProblem = (rank: number): boolean => rank < CALM;

/** Does it have a child, as far as anyone knows? Decides which actions make sense and what a stop would end. */
export const isAlive = (process: ProcessView): boolean =>
  process.state === 'running' || process.state === 'starting' || process.state === 'stopping';

/** What is wanted differs from what is, and nothing is on its way to mend that. */
export function desiredDiffers(process: ProcessView): boolean {
  const up = process.state === 'running' || process.state === 'starting' || process.state === 'backoff';
  const unknown = process.state === 'unknown';
  return unknown ? process.desired === 'stopped' : up !== (process.desired === 'running');
}

/** Problems of the whole fleet, for the title: processes in trouble, and troubled workers that have none. */
export function problemCount(workers: Iterable<WorkerView>, processes: Iterable<ProcessView>): number {
  const troubled = new Set<string>();
  let count = 0;
  for (const process of processes)
    if (isProblem(processRank(process))) {
      count++;
      troubled.add(process.worker_id);
    }
  for (const worker of workers) if (isProblem(workerRank(worker)) && !troubled.has(worker.worker_id)) count++;
  return count;
}
