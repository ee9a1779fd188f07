/**
 * The table's rows, from the fleet and what the reader asked for. The table is a tree of workers: a worker with one
 * process *is* that row, one with several opens into them, one with none says so.
 */
import type { ProcessView, WorkerView } from '../../../protocol/views';
import type { Fleet } from './fleet';
import { isEmpty, matchesIdleWorker, matchesProcess, withoutFacets, type Filter } from './filter';
import { isProblem, processRank, workerRank } from './severity';
import { orderProcesses, type Sort } from './sort';

export type Row =
  | { readonly kind: 'process'; readonly id: string; readonly process: ProcessView; readonly level: 1 | 2 }
  | { readonly kind: 'idle'; readonly id: string; readonly worker: WorkerView }
  | {
      readonly kind: 'worker';
      readonly id: string;
      readonly worker: WorkerView;
      readonly processes: readonly ProcessView[];
      readonly expanded: boolean;
    };

export interface RowsAsked {
  readonly filter: Filter;
  readonly sort: Sort;
  readonly grouped: boolean;
  /** Ids of workers whose rows are folded away. */
  readonly folded: ReadonlySet<string>;
}

/** Row ids of workers begin so; process rows carry their key, which always has a slash. */
export const workerRowId = (worker: string): string => `@${worker}`;

export function rowsOf(fleet: Fleet, asked: RowsAsked): Row[] {
  const shown = [...fleet.processes.values()].filter((process) =>
    matchesProcess(asked.filter, process, fleet.workers.get(process.worker_id)),
  );
  const ordered = orderProcesses(shown, asked.sort, fleet);
  const idle = idleWorkers(fleet).filter((worker) => matchesIdleWorker(asked.filter, worker));
  return asked.grouped ? grouped(fleet, asked, ordered, idle) : flat(ordered, idle);
}

function flat(processes: readonly ProcessView[], idle: readonly WorkerView[]): Row[] {
  const rows = processes.map((process): Row => ({ kind: 'process', id: process.key, process, level: 1 }));
  const troubled = idle.filter((worker) => isProblem(workerRank(worker))).map(idleRow);
  return [...troubled, ...rows, ...idle.filter((worker) => !isProblem(workerRank(worker))).map(idleRow)];
}

function grouped(fleet: Fleet, asked: RowsAsked, ordered: readonly ProcessView[], idle: readonly WorkerView[]): Row[] {
  const counts = new Map<string, number>();
  for (const process of fleet.processes.values())
    counts.set(process.worker_id, (counts.get(process.worker_id) ?? 0) + 1);
  // Processes come in the asked order, so the groups do too: a group stands where its first process stands.
  const groups = new Map<string, ProcessView[]>();
  for (const process of ordered) {
    const group = groups.get(process.worker_id);
    if (group) group.push(process);
    else groups.set(process.worker_id, [process]);
  }
  const rows: Row[] = idle.filter((worker) => isProblem(workerRank(worker))).map(idleRow);
  for (const [id, processes] of groups) {
    const worker = fleet.workers.get(id);
    if (worker === undefined || counts.get(id) === 1) {
      for (const process of processes) rows.push({ kind: 'process', id: process.key, process, level: 1 });
      continue;
    }
    const expanded = !asked.folded.has(id);
    rows.push({ kind: 'worker', id: workerRowId(id), worker, processes, expanded });
    if (expanded) for (const process of processes) rows.push({ kind: 'process', id: process.key, process, level: 2 });
  }
  return [...rows, ...idle.filter((worker) => !isProblem(workerRank(worker))).map(idleRow)];
}

const idleRow = (worker: WorkerView): Row => ({ kind: 'idle', id: workerRowId(worker.worker_id), worker });

function idleWorkers(fleet: Fleet): WorkerView[] {
  const busy = new Set([...fleet.processes.values()].map((process) => process.worker_id));
  return [...fleet.workers.values()]
    .filter((worker) => !busy.has(worker.worker_id))
    .sort((a, b) => workerRank(a) - workerRank(b) || byName(a.worker_id, b.worker_id));
}

export interface Facets {
  readonly all: number;
  readonly problems: number;
  /** By state, of the rows that the rest of the filter lets through. */
  readonly states: ReadonlyMap<string, number>;
}

export function facetsOf(fleet: Fleet, filter: Filter): Facets {
  const rest = withoutFacets(filter);
  const everything = isEmpty(rest);
  const states = new Map<string, number>();
  let all = 0;
  let problems = 0;
  const count = (state: string, rank: number) => {
    all++;
    if (isProblem(rank)) problems++;
    states.set(state, (states.get(state) ?? 0) + 1);
  };
  for (const process of fleet.processes.values()) {
    const worker = fleet.workers.get(process.worker_id);
    if (everything || matchesProcess(rest, process, worker)) count(process.state, processRank(process, worker));
  }
  for (const worker of idleWorkers(fleet))
    if (everything || matchesIdleWorker(rest, worker)) count(worker.state, workerRank(worker));
  return { all, problems, states };
}

/** `w-2` before `w-10`. */
const collator = new Intl.Collator('en', { numeric: true });
export const byName = (a: string, b: string): number => collator.compare(a, b);
