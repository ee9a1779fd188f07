/** The queue in the figures that SimpleTuner's programs read. Source: API_JOBS 1B "/stats", "/concurrency". */
import { adminWorkers } from '../trust/admin-view';
import type { Model } from '../model';
import { isOver } from './rows';
import { simpleTunerStatus } from './simpletuner-entry';

export const concurrencyOf = ({ jobs: { limits } }: Model) => ({
  max_concurrent: limits.get('all') ?? null,
  user_max_concurrent: limits.get('user:*') ?? null,
  team_max_concurrent: limits.get('label:team=*') ?? null,
  enable_fair_share: true,
});

export function queueStats(model: Model, nowMs: number) {
  const byStatus: Record<string, number> = {};
  const byUser: Record<string, number> = {};
  for (const job of model.jobs.all.values()) {
    const status = simpleTunerStatus(model, job);
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    if (!isOver(job)) byUser[job.owner] = (byUser[job.owner] ?? 0) + 1;
  }
  return {
    by_status: byStatus,
    by_user: byUser,
    queue_depth: model.jobs.queue.length,
    running: model.jobs.count('active'),
    avg_wait_seconds: null,
    ...concurrencyOf(model),
    workers: workersBy(model, nowMs),
  };
}

/** As they are listed for admins: those with a credential that nobody has used yet are offline. */
function workersBy(model: Model, nowMs: number) {
  const rows = adminWorkers(model, nowMs).filter(({ source }) => source !== 'pending');
  const of = (status: string): number => rows.filter((row) => row.status === status).length;
  return {
    total_workers: rows.length,
    idle_workers: of('idle'),
    busy_workers: of('busy'),
    offline_workers: of('offline'),
    draining_workers: of('draining'),
  };
}
