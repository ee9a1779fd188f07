/** The table's order. The default, `urgency`, puts problems first; every order ends in names, so rows never swap idly. */
import type { ProcessView } from '../../../protocol/views';
import type { Fleet } from './fleet';
import { processRank } from './severity';
import { latest } from './usage-ring';

export const SORT_COLUMNS = [
  'urgency',
  'name',
  'worker',
  'pid',
  'uptime',
  'restarts',
  'cpu',
  'memory',
  'contact',
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];
export interface Sort {
  readonly column: SortColumn;
  readonly descending: boolean;
}
export const BY_URGENCY: Sort = { column: 'urgency', descending: false };

/** Numbers are asked for to see the large ones: their first click sorts downwards. */
const DOWN_FIRST: ReadonlySet<SortColumn> = new Set(['restarts', 'cpu', 'memory']);

/** A click on a column: its first direction, then the other, then back to problems first. */
export function nextSort(sort: Sort, column: SortColumn): Sort {
  const first = DOWN_FIRST.has(column);
  if (sort.column !== column) return { column, descending: first };
  return sort.descending === first && column !== 'urgency' ? { column, descending: !first } : BY_URGENCY;
}

export function orderProcesses(processes: readonly ProcessView[], sort: Sort, fleet: Fleet): ProcessView[] {
  const collator = new Intl.Collator('en', { numeric: true });
  const measure = measureOf(sort.column, fleet);
  const name = (process: ProcessView) => (sort.column === 'name' ? process.process : process.worker_id);
  const sign = sort.descending ? -1 : 1;
  return processes
    .map((process) => ({ process, value: measure(process) }))
    .sort(
      (a, b) =>
        sign * (a.value - b.value) ||
        sign * collator.compare(name(a.process), name(b.process)) ||
        collator.compare(a.process.key, b.process.key),
    )
    .map(({ process }) => process);
}

function measureOf(column: SortColumn, fleet: Fleet): (process: ProcessView) => number {
  switch (column) {
    case 'urgency':
      return (process) => processRank(process, fleet.workers.get(process.worker_id));
    case 'name':
    case 'worker':
      return () => 0;
    case 'pid':
      return (process) => process.pid ?? Number.MAX_SAFE_INTEGER;
    case 'uptime':
      return (process) => -(process.started_at_ms ?? 0);
    case 'restarts':
      return (process) => process.restart_count;
    case 'cpu':
      return (process) =>
        process.pid === null ? -1 : (latest(fleet.usage.get(process.key))?.cpu ?? process.cpu ?? -1);
    case 'memory':
      return (process) =>
        process.pid === null ? -1 : (latest(fleet.usage.get(process.key))?.rssBytes ?? process.rss_bytes ?? -1);
    case 'contact':
      return (process) => fleet.workers.get(process.worker_id)?.last_contact_ms ?? 0;
  }
}
