/** `procguard nodes`: the machines, those in trouble first. */
import type { ProcessView, WorkerState, WorkerView } from '../../../protocol/views';
import { age, bytes, percent } from './amounts';
import type { Colour } from './paint';
import type { Column, Row } from './table';

export const NODE_COLUMNS: readonly Column[] = [
  { title: 'NODE' },
  { title: 'STATE' },
  { title: 'HEARD', align: 'right' },
  { title: 'PROCESSES', align: 'right' },
  { title: 'CPU', align: 'right', dropAt: 4 },
  { title: 'MEM', align: 'right', dropAt: 5 },
  { title: 'HOST', dropAt: 3 },
  { title: 'VERSION', dropAt: 1 },
  { title: 'LABELS', dropAt: 2 },
  { title: 'WHY', isRest: true },
];

const URGENCY: Readonly<Record<WorkerState, number>> = {
  offline: 0,
  stale: 1,
  pending_approval: 2,
  connecting: 3,
  draining: 4,
  busy: 5,
  idle: 5,
};
export const NODE_COLOUR: Readonly<Record<WorkerState, Colour | null>> = {
  offline: 'red',
  stale: 'yellow',
  pending_approval: 'yellow',
  connecting: 'cyan',
  draining: 'cyan',
  busy: 'green',
  idle: null,
};

export function nodeRows(workers: readonly WorkerView[], processes: readonly ProcessView[], nowMs: number): Row[] {
  return [...workers]
    .sort(
      (a, b) => URGENCY[a.state] - URGENCY[b.state] || a.worker_id.localeCompare(b.worker_id, 'en', { numeric: true }),
    )
    .map((worker) => {
      const own = processes.filter((view) => view.worker_id === worker.worker_id);
      const { machine } = worker;
      return [
        worker.worker_id,
        { text: worker.state, colour: NODE_COLOUR[worker.state] },
        age(nowMs - worker.last_contact_ms),
        `${own.filter(({ state }) => state === 'running').length}/${own.length}`,
        machine === null ? '-' : percent(machine.cpu),
        machine === null
          ? '-'
          : `${bytes(machine.memoryTotalBytes - machine.memoryAvailableBytes)}/${bytes(machine.memoryTotalBytes)}`,
        worker.hostname,
        worker.version ?? '-',
        Object.entries(worker.labels)
          .map(([name, value]) => `${name}=${value}`)
          .join(',') || '-',
        [worker.why, ...worker.findings].join('; '),
      ];
    });
}
