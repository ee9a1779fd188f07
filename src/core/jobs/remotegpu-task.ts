/** A job as RemoteGPU's programs read one. Source: API_JOBS 1A "Task fields". */
import { maskedEnv } from '../../../protocol/secret-names';
import type { Job, Attempt } from './rows';
import { isOver } from './rows';

/** Its scale is ours; what came by another may be between two of its steps or beyond. */
const priorityOf = (priority: number): number => Math.min(10, Math.max(1, Math.round(priority)));
const seconds = (ms: number): number => Math.round(ms / 1000);
const moment = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export function statusOf(job: Job, attempt: Attempt | null): string {
  switch (job.state.kind) {
    case 'waiting':
    case 'queued':
      return attempt?.state.kind === 'ended' && attempt.state.outcome === 'preempted' ? 'preempted' : 'pending';
    case 'active':
      return attempt?.state.kind === 'running' ? 'running' : 'assigned';
    default:
      return job.state.kind;
  }
}

/**
 * As people and their programs read it: without its secrets.
 * @param attempt its newest; null = it was never given @param leaseEndsAtMs null = it has none
 */
export function taskOf(job: Job, attempt: Attempt | null, leaseEndsAtMs: number | null): Record<string, unknown> {
  const { spec } = job;
  const env = maskedEnv(spec);
  const [command, args] =
    typeof spec.command === 'string' ? [spec.command, []] : [spec.command[0] ?? '', spec.command.slice(1)];
  const isLive = attempt !== null && attempt.state.kind !== 'ended';
  const error = job.state.kind === 'failed' || job.state.kind === 'cancelled' ? job.state.why : '';
  return {
    id: job.id,
    name: spec.name ?? '',
    type: 'shell',
    command,
    args,
    workdir: spec.workingDir ?? '',
    work_dir: spec.workingDir ?? '',
    env,
    env_vars: env,
    timeout: spec.timeouts.runMs === null ? 0 : seconds(spec.timeouts.runMs),
    priority: priorityOf(spec.priority),
    retry_count: job.retries,
    retry_delay: seconds(spec.retry.delayMs),
    max_retries: spec.retry.max,
    status: statusOf(job, attempt),
    exit_code: job.exitCode,
    stdout: attempt?.output?.stdout ?? '',
    stderr: attempt?.output?.stderr ?? '',
    error,
    error_msg: error,
    progress: job.progress?.percent ?? 0,
    progress_message: job.progress?.message ?? '',
    created_at: moment(job.submittedAtMs),
    assigned_at: moment(attempt?.assignedAtMs ?? null),
    started_at: moment(attempt?.startedAtMs ?? null),
    ended_at: isOver(job) ? moment(job.sinceMs) : null,
    machine_id: spec.needs.worker ?? '',
    group_id: spec.array?.id ?? '',
    parent_id: '',
    customer_id: job.owner,
    depends_on: spec.after,
    assigned_agent_id: attempt?.worker ?? '',
    lease_expires_at: isLive ? moment(leaseEndsAtMs) : null,
    attempt_id: attempt?.id ?? '',
    synced: true,
  };
}

/**
 * As an agent is given it: with its secrets, and with no try left that it could make by itself. The original's forgets the
 * attempt with the first of these, so that nobody would ever hear how the task ended; each try is the queue's, which counts
 * them all.
 */
export const claimedTask = (job: Job, attempt: Attempt, leaseEndsAtMs: number): Record<string, unknown> => ({
  ...taskOf(job, attempt, leaseEndsAtMs),
  env: job.spec.env,
  env_vars: job.spec.env,
  max_retries: job.retries,
});
