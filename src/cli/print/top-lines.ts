/** What `procguard top` shows: the queue in two lines, then the workers, then what runs. */
import type { AttemptView, JobStats, JobView } from '../../../protocol/job-views';
import type { WorkerView } from '../../../protocol/views';
import { age, bytes, percent } from './amounts';
import { isActive, JOB_STATE_COLOUR, ranFor } from './job-table';
import { NODE_COLOUR } from './node-table';
import type { Paint } from './paint';
import { queueLines } from './queue-lines';
import { renderTable, type Column, type Row } from './table';

export interface Seen {
  readonly workers: readonly WorkerView[];
  /** Running, or about to. */
  readonly jobs: readonly JobView[];
  readonly stats: JobStats;
  readonly nowMs: number;
}
export interface Look {
  readonly width: number | null;
  readonly height: number;
  readonly paint: Paint;
}

const WORKER_COLUMNS: readonly Column[] = [
  { title: 'NODE' },
  { title: 'STATE' },
  { title: 'JOBS', align: 'right' },
  { title: 'CPU', align: 'right' },
  { title: 'MEM', align: 'right' },
  { title: 'HEARD', align: 'right', dropAt: 0 },
  { title: 'GPUS', isRest: true },
];
const JOB_COLUMNS: readonly Column[] = [
  { title: 'JOB' },
  { title: 'NAME', dropAt: 2 },
  { title: 'NODE' },
  { title: 'STATE' },
  { title: 'RAN', align: 'right' },
  { title: 'CPU', align: 'right' },
  { title: 'MEM', align: 'right' },
  { title: 'GPU', dropAt: 3 },
  { title: 'PROGRESS', align: 'right', dropAt: 4 },
  { title: 'OWNER', dropAt: 0 },
  { title: 'COMMAND', isRest: true, dropAt: 1 },
];
/** Lines that workers leave to jobs. */
const JOB_LINES_MIN = 10;

export function topLines({ workers, jobs, stats, nowMs }: Seen, { width, height, paint }: Look): string[] {
  const attempts = jobs.flatMap((job) => liveTries(job).map((attempt) => ({ job, attempt })));
  const running = new Map<string, number>();
  for (const { attempt } of attempts) running.set(attempt.worker_id, (running.get(attempt.worker_id) ?? 0) + 1);
  const busiest = [...workers].sort(
    (a, b) =>
      (running.get(b.worker_id) ?? 0) - (running.get(a.worker_id) ?? 0) ||
      a.worker_id.localeCompare(b.worker_id, 'en', { numeric: true }),
  );
  const queue = queueLines(stats, nowMs);
  const shown = Math.max(1, height - queue.length - JOB_LINES_MIN);
  const rest = busiest.length - shown;
  return [
    ...queue,
    '',
    ...renderTable(
      WORKER_COLUMNS,
      busiest.slice(0, shown).map((worker) => workerRow(worker, running.get(worker.worker_id) ?? 0, nowMs)),
      width,
      paint,
    ),
    ...(rest > 0 ? [paint(`and ${rest} more`, 'dim')] : []),
    '',
    ...(attempts.length === 0
      ? ['Nothing runs.']
      : renderTable(
          JOB_COLUMNS,
          attempts.map(({ job, attempt }) => jobRow(job, attempt, nowMs)),
          width,
          paint,
        )),
  ];
}

const liveTries = (job: JobView): AttemptView[] =>
  isActive(job) ? job.tries.filter(({ state }) => state !== 'ended') : [];

function workerRow(
  { worker_id: id, state, machine, slots, slots_held: held, last_contact_ms: heardMs }: WorkerView,
  jobs: number,
  nowMs: number,
): Row {
  const gpus = machine?.gpus ?? [];
  return [
    id,
    { text: state, colour: NODE_COLOUR[state] },
    // Behind the plus: what the machine's own queue holds.
    `${jobs}${held === 0 ? '' : `+${held}`}/${slots}`,
    machine === null ? '-' : percent(machine.cpu),
    machine === null
      ? '-'
      : `${bytes(machine.memoryTotalBytes - machine.memoryAvailableBytes)}/${bytes(machine.memoryTotalBytes)}`,
    age(nowMs - heardMs),
    gpus.length === 0
      ? '-'
      : gpus.map((gpu) => `${gpu.index}: ${bytes(gpu.memoryUsedBytes)}/${bytes(gpu.memoryTotalBytes)}`).join('  '),
  ];
}

const jobRow = (job: JobView, { worker_id: worker, usage, gpus }: AttemptView, nowMs: number): Row => [
  job.job_id,
  job.name,
  worker,
  { text: job.state, colour: JOB_STATE_COLOUR[job.state] },
  ranFor(job, nowMs),
  usage === null ? '-' : percent(usage.cpu),
  usage === null ? '-' : bytes(usage.rss_bytes),
  gpus.length === 0
    ? '-'
    : `${gpus.map(({ index }) => index).join(',')}${usage === null || usage.gpu_memory_bytes === 0 ? '' : ` (${bytes(usage.gpu_memory_bytes)})`}`,
  job.progress?.percent == null ? '-' : `${Math.round(job.progress.percent)}%`,
  job.owner,
  job.command,
];
