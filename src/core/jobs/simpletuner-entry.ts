/** Jobs as SimpleTuner's programs read them: entries of its queue, and its unified jobs. Source: API_JOBS 1B. */
import { priorityName, toTheirs } from '../../../protocol/simpletuner-priority';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { aheadOf } from './explaining';
import { isOver, type Attempt, type Job } from './rows';
import { shownId } from './simpletuner-worker';

/** Of `Job.meta`: the template's name. */
export const META_CONFIG_NAME = 'config_name';

const moment = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** What is given to a worker is running there. */
export function simpleTunerStatus(_model: Model, { state }: Job): string {
  switch (state.kind) {
    case 'waiting':
      return state.for === 'approval' ? 'blocked' : 'pending';
    case 'queued':
      return 'pending';
    case 'active':
      return 'running';
    default:
      return state.kind;
  }
}

/** Whatever a job's spec does not say has a name all the same: clients sort by it. */
const configNameOf = ({ meta, spec }: Job): string | null => meta[META_CONFIG_NAME] ?? spec.name;

/** 1 = next; 0 = it is not queued. */
export const positionOf = (model: Model, job: Job, settings: CoreSettings, nowMs: number): number =>
  job.state.kind === 'queued' ? aheadOf(model, job, settings, nowMs) + 1 : 0;

/** @param position in the queue, which is not looked for again for each of a list */
export function queueEntry(model: Model, job: Job, position: number) {
  const attempt = newest(model, job);
  const priority = toTheirs(job.spec.priority);
  return {
    id: job.order,
    job_id: job.id,
    user_id: job.owner,
    provider: providerOf(model, job),
    config_name: configNameOf(job),
    priority,
    priority_name: priorityName(priority),
    priority_override: null,
    effective_priority: priority,
    status: simpleTunerStatus(model, job),
    position,
    queued_at: moment(job.submittedAtMs),
    started_at: moment(attempt?.startedAtMs ?? null),
    completed_at: isOver(job) ? moment(job.sinceMs) : null,
    estimated_cost: 0,
    requires_approval: job.state.kind === 'waiting' && job.state.for === 'approval',
    attempt: job.retries + 1,
    error_message: errorOf(job),
    worker_id: attempt === null ? null : shownId(model, attempt.worker),
  };
}

/** @param position in the queue; 0 = it has none, or is not looked for */
export function unifiedJob(model: Model, job: Job, position: number) {
  const { provider, worker_id, attempt, ...entry } = queueEntry(model, job, position);
  return {
    ...entry,
    job_type: provider === 'local' ? 'local' : 'cloud',
    provider,
    created_at: entry.queued_at,
    queue_position: position === 0 ? null : position,
    cost_usd: 0,
    output_url: null,
    progress: job.progress,
    metadata: {
      worker_id,
      attempt,
      retry_count: job.retries,
      exit_code: job.exitCode,
      labels: job.spec.needs.labels,
      target: job.spec.needs.target,
    },
  };
}

const newest = ({ jobs }: Model, { lastAttempt }: Job): Attempt | null =>
  lastAttempt === null ? null : jobs.attempt(lastAttempt);
/** `local`: the manager's own machine. */
export function providerOf(model: Model, job: Job): 'local' | 'worker' {
  const attempt = newest(model, job);
  return attempt !== null && model.workers.get(attempt.worker)?.type === 'local' ? 'local' : 'worker';
}
const errorOf = ({ state }: Job): string | null =>
  state.kind === 'failed' || state.kind === 'cancelled' ? state.why : null;
