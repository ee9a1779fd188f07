/** `procguard ls`: grouped by worker, problems first, and for each what is not as wished a reason. */
import type { ProcessView, ShownProcessState, WorkerView } from '../../../protocol/views';
import { age, bytes, percent } from './amounts';
import type { Colour } from './paint';
import { sentence } from './sentence';
import type { Cell, Column, Row } from './table';

/** SET is there when something of it was given from the manager. */
export const processColumns = (processes: readonly ProcessView[]): readonly Column[] => [
  { title: 'NODE' },
  { title: 'NAME' },
  ...(hasVersions(processes) ? [{ title: 'SET', dropAt: 0 }] : []),
  { title: 'STATE' },
  { title: 'UP', align: 'right', dropAt: 4 },
  { title: 'RST', align: 'right', dropAt: 3 },
  { title: 'CPU', align: 'right', dropAt: 1 },
  { title: 'MEM', align: 'right', dropAt: 2 },
  { title: 'WHY', isRest: true },
];

/** How much somebody should look at it; lower comes first. */
const URGENCY: Readonly<Record<ShownProcessState, number>> = {
  failed: 0,
  unknown: 1,
  backoff: 2,
  waiting: 3,
  stopping: 4,
  starting: 5,
  running: 6,
  exited: 7,
  stopped: 8,
};
export const STATE_COLOUR: Readonly<Record<ShownProcessState, Colour | null>> = {
  failed: 'red',
  unknown: 'magenta',
  backoff: 'yellow',
  waiting: 'yellow',
  stopping: 'cyan',
  starting: 'cyan',
  running: 'green',
  exited: null,
  stopped: 'dim',
};

/** @param workers by id; a process whose worker is not among them is shown without its contact's age */
export function processRows(
  processes: readonly ProcessView[],
  workers: ReadonlyMap<string, WorkerView>,
  nowMs: number,
): Row[] {
  const withSets = hasVersions(processes);
  return problemsFirst(processes).map((view) => [
    view.worker_id,
    view.process,
    ...(withSets ? [setText(view)] : []),
    stateCell(view, workers.get(view.worker_id), nowMs),
    isAlive(view) && view.started_at_ms !== null ? age(nowMs - view.started_at_ms) : '-',
    view.restarts_counted > 0 ? `${view.restarts_counted}/${view.max_restarts}` : String(view.restart_count),
    view.cpu === null ? '-' : percent(view.cpu),
    view.rss_bytes === null ? '-' : bytes(view.rss_bytes),
    sentence(whyText(view, workers.get(view.worker_id), nowMs)),
  ]);
}

const hasVersions = (processes: readonly ProcessView[]): boolean => processes.some(({ version }) => version !== null);

/** `web v3`, `v1` without a set. */
const setText = ({ set, version }: ProcessView): string =>
  version === null ? '-' : `${set === null ? '' : `${set} `}v${version}`;

/** The worker with the worst trouble first; within a worker the worst process. */
export function problemsFirst(processes: readonly ProcessView[]): ProcessView[] {
  const worst = new Map<string, number>();
  for (const view of processes)
    worst.set(view.worker_id, Math.min(urgency(view), worst.get(view.worker_id) ?? Infinity));
  return [...processes].sort(
    (a, b) =>
      (worst.get(a.worker_id) ?? 0) - (worst.get(b.worker_id) ?? 0) ||
      inOrder(a.worker_id, b.worker_id) ||
      urgency(a) - urgency(b) ||
      inOrder(a.process, b.process),
  );
}

/** `backoff 14s`, `unknown (41s)`: with the time that matters for it. */
export function stateCell(view: ProcessView, worker: WorkerView | undefined, nowMs: number): Cell {
  const colour = STATE_COLOUR[view.state];
  if (view.state === 'backoff' && view.restart_at_ms !== null)
    return { text: `backoff ${age(view.restart_at_ms - nowMs)}`, colour };
  if (view.state === 'unknown' && worker !== undefined)
    return { text: `unknown (${age(nowMs - worker.last_contact_ms)})`, colour };
  if (view.state === 'running' && view.ready === false) return { text: 'running, not ready', colour: 'yellow' };
  if (view.state === 'stopped' && view.disabled !== null) return { text: 'stopped, disabled', colour };
  return { text: view.state, colour };
}

function whyText(view: ProcessView, worker: WorkerView | undefined, nowMs: number): string {
  const silent = worker?.state === 'stale' ? [`node not heard from for ${age(nowMs - worker.last_contact_ms)}`] : [];
  if (view.state !== 'running') return [...silent, view.why, ...view.findings].join('; ');
  const unenforced = view.unenforced.length === 0 ? [] : [`without ${view.unenforced.join(', ')}`];
  const troubles = [...silent, ...view.findings, ...unenforced];
  return troubles.length > 0
    ? troubles.join('; ')
    : view.healthy === false
      ? 'its health check fails'
      : (view.notes[0] ?? '-');
}

const isAlive = ({ state }: ProcessView): boolean => ['running', 'stopping', 'unknown', 'starting'].includes(state);

const urgency = (view: ProcessView): number =>
  view.state === 'running' && (view.findings.length > 0 || view.healthy === false || view.ready === false)
    ? URGENCY.waiting
    : URGENCY[view.state];

/** `n2` before `n10`. */
const inOrder = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
