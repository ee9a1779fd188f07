/**
 * A task as seed 003 shows it, every field of it there. Those that only the server's tasks have (leases, attempts, groups)
 * say so by being empty; `synced` is false, because a task given on the machine is told to nobody.
 */
import { maskedEnv } from '../../protocol/secret-names';
import type { Task, TaskState } from '../core/local-jobs/task';

export interface AboutWorker {
  readonly agentId: string;
  readonly machineId: string;
}

/** @param output null = left out, as in lists */
export function taskView(
  { id, wish, createdAtMs, retryCount, state }: Task,
  about: AboutWorker,
  output: { readonly stdout: string; readonly stderr: string } | null,
): Record<string, unknown> {
  return {
    id,
    name: wish.name,
    type: wish.type,
    command: wish.command,
    args: wish.args,
    workdir: wish.workdir ?? '',
    env: maskedEnv({ env: wish.env, secrets: [] }),
    timeout: wish.timeoutMs / 1000,
    priority: wish.priority,
    retry_count: retryCount,
    retry_delay: wish.retryDelayMs / 1000,
    max_retries: wish.maxRetries,
    status: statusOf(state),
    exit_code: exitCodeOf(state),
    ...output,
    error: state.kind === 'failed' ? state.error : '',
    created_at: timeText(createdAtMs),
    assigned_at: null,
    started_at: timeText(state.kind === 'pending' ? null : state.startedAtMs),
    ended_at: timeText('endedAtMs' in state ? state.endedAtMs : null),
    machine_id: about.machineId,
    group_id: '',
    parent_id: '',
    depends_on: wish.dependsOn,
    assigned_agent_id: about.agentId,
    lease_expires_at: null,
    attempt_id: '',
    synced: false,
  };
}

/** One that gives way is told apart from one that runs, as the original does. */
const statusOf = (state: TaskState): string =>
  state.kind === 'running' && state.ending === 'preempted' ? 'preempted' : state.kind;

function exitCodeOf(state: TaskState): number | null {
  if (state.kind === 'completed') return 0;
  return state.kind === 'failed' || state.kind === 'cancelled' ? state.exitCode : null;
}

const timeText = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
