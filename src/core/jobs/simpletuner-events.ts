/** What SimpleTuner's pages are told as it happens (seed 004). Source: API_JOBS 1B "To UI". */
import type { WorkerId } from '../../../protocol/ids';
import type { Fact } from '../facts';
import type { Model } from '../model';
import { shownStatus } from '../trust/admin-view';
import { META_CONFIG_NAME, simpleTunerStatus, unifiedJob } from './simpletuner-entry';
import { shownId } from './simpletuner-worker';
import type { Attempt, Job } from './rows';

export interface PageEvent {
  readonly type: 'job.status' | 'training.status' | 'worker.status';
  readonly [field: string]: unknown;
}

/** Of a worker its standing is looked up, since that is in no fact of its own: who stands otherwise is told by `workersIn`. */
export function jobEvents(model: Model, fact: Fact): PageEvent[] {
  switch (fact.kind) {
    case 'job.submitted':
    case 'job.changed':
      return [jobStatus(model, fact.job)];
    case 'attempt.changed':
      return fact.was === fact.attempt.state.kind ? [] : [trainingStatus(model, fact.attempt)];
    default:
      return [];
  }
}

function jobStatus(model: Model, job: Job): PageEvent {
  const { job_id, progress, error_message } = unifiedJob(model, job, 0);
  return { type: 'job.status', job_id, status: simpleTunerStatus(model, job), progress, error: error_message };
}

/** Of one try: it begins, runs, and ends in one of the ways of an attempt. */
function trainingStatus(model: Model, { id, job: jobId, worker, state, gpus }: Attempt): PageEvent {
  const status = state.kind === 'assigned' ? 'starting' : state.kind === 'running' ? 'running' : state.outcome;
  return {
    type: 'training.status',
    status,
    job_id: jobId,
    attempt_id: id,
    config_name: model.jobs.job(jobId)?.meta[META_CONFIG_NAME] ?? null,
    worker_id: shownId(model, worker),
    allocated_gpus: gpus.map(({ index }) => index),
    message: `Training job ${jobId} ${status}${state.kind === 'ended' ? `: ${state.why}` : ''}`,
  };
}

/** Of whom a fact may be news; null = of nobody. */
export function workerIn(fact: Fact): WorkerId | null {
  switch (fact.kind) {
    case 'worker.registered':
      return fact.worker.id;
    case 'worker.presence':
    case 'worker.draining':
    case 'worker.linked':
    case 'worker.removed':
      return fact.id;
    case 'attempt.changed':
      return fact.attempt.worker;
    default:
      return null;
  }
}

/** One that is gone is offline. */
export function workerStatus(model: Model, id: WorkerId): PageEvent & { readonly status: string } {
  const worker = model.workers.get(id);
  const status = worker === undefined ? 'offline' : shownStatus(model, worker);
  return { type: 'worker.status', worker_id: shownId(model, id), status };
}
