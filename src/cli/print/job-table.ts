/** Jobs in lines: lists, the queue, what a command said of one. */
import type { JobRow } from '../../../protocol/job-views';
import { age } from './amounts';
import type { Colour, Paint } from './paint';
import type { Column, Row } from './table';

export type ShownJobState = JobRow['state'];

export const JOB_STATE_COLOUR: Readonly<Record<ShownJobState, Colour | null>> = {
  waiting: 'yellow',
  queued: null,
  assigned: 'cyan',
  running: 'green',
  stopping: 'cyan',
  completed: 'dim',
  failed: 'red',
  cancelled: 'magenta',
};

export const isOver = ({ state }: Pick<JobRow, 'state'>): boolean =>
  state === 'completed' || state === 'failed' || state === 'cancelled';
export const isActive = ({ state }: Pick<JobRow, 'state'>): boolean =>
  state === 'running' || state === 'assigned' || state === 'stopping';

/** What somebody looks for first: what runs, then what is to come, then what was; each newest first. */
export const inOrderOfInterest = (jobs: readonly JobRow[]): JobRow[] =>
  [...jobs].sort((a, b) => rank(a) - rank(b) || b.order - a.order);

const rank = (job: JobRow): number => (isActive(job) ? 0 : isOver(job) ? 2 : 1);

/** As the queue is served: by priority, then by age. */
export const inOrderOfTurn = (jobs: readonly JobRow[]): JobRow[] =>
  [...jobs].sort((a, b) => a.priority - b.priority || a.order - b.order);

export const JOB_COLUMNS: readonly Column[] = [
  { title: 'JOB' },
  { title: 'NAME', dropAt: 6 },
  { title: 'STATE' },
  { title: 'NODE', dropAt: 7 },
  { title: 'AGE', align: 'right', dropAt: 5 },
  { title: 'RAN', align: 'right', dropAt: 4 },
  { title: 'TRY', align: 'right', dropAt: 1 },
  { title: 'GPU', align: 'right', dropAt: 2 },
  { title: 'PRI', align: 'right', dropAt: 3 },
  { title: 'OWNER', dropAt: 0 },
  { title: 'WHY', isRest: true },
];

export const jobRows = (jobs: readonly JobRow[], nowMs: number): Row[] =>
  jobs.map((job) => [
    job.job_id,
    job.name,
    { text: stateText(job), colour: JOB_STATE_COLOUR[job.state] },
    job.worker_id ?? '-',
    age(nowMs - job.submitted_at_ms),
    ranFor(job, nowMs),
    String(job.attempts),
    job.gpus === 0 ? '-' : job.nodes > 1 ? `${job.nodes}×${job.gpus}` : String(job.gpus),
    String(job.priority),
    job.owner,
    job.progress?.message ?? job.why,
  ]);

/** `running 42%`. */
function stateText({ state, progress }: JobRow): string {
  const percent = progress?.percent ?? null;
  return state === 'running' && percent !== null ? `running ${Math.round(percent)}%` : state;
}

/** Of its newest attempt. */
export const ranFor = ({ started_at_ms: startedAtMs, ended_at_ms: endedAtMs }: JobRow, nowMs: number): string =>
  startedAtMs === null ? '-' : age((endedAtMs ?? nowMs) - startedAtMs);

/** `j_k3v7 failed: exit code 7`. */
export const jobLine = ({ job_id: id, state, why }: Pick<JobRow, 'job_id' | 'state' | 'why'>, paint: Paint): string =>
  `${id} ${paint(state, JOB_STATE_COLOUR[state])}${why === '' ? '' : `: ${why}`}`;
