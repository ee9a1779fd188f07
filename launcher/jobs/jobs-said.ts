/** The attempts of jobs as `--status` tells them. */
import { attemptProcess } from '../../protocol/jobs';
import type { JobStatus } from '../control/control-words';
import type { AttemptRow } from '../core/jobs/attempt-rows';
import type { SupervisorState } from '../core/supervisor-state';

/** @param stateOf how its process stands; null = it has none */
export function jobStatus(row: AttemptRow, stateOf: (process: string) => SupervisorState | null): JobStatus {
  const { attempt, end, stop } = row;
  if (end !== null) return { attempt, state: end.outcome, pid: null, why: `${end.why}; the manager is yet to be told` };
  const state = stateOf(attemptProcess(attempt));
  const pid = state?.kind === 'running' ? state.identity.pid : null;
  return { attempt, state: state?.kind ?? 'starting', pid, why: stop?.why ?? '' };
}
