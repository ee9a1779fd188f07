/** What launchers without a child behind them say: who they are, and how a process of theirs is. */
import type { InstanceId, RunId, WorkerId } from '../../protocol/ids';
import { LIMITS } from '../../protocol/limits';
import type { AttemptId } from '../../protocol/jobs';
import type { LauncherFact, LauncherIdentity } from '../../protocol/link';
import type { ProcessReport, ProcessState } from '../../protocol/process-state';

export const identityOf = (worker: string, more: Partial<LauncherIdentity> = {}): LauncherIdentity => ({
  worker: worker as WorkerId,
  instance: `instance-of-${worker}` as InstanceId,
  protocol: LIMITS.protocolVersion,
  version: '0.0.0',
  hostname: 'test-host',
  bootId: 'boot',
  pid: 1,
  heartbeatIntervalMs: 1000,
  labels: {},
  token: null,
  key: null,
  kind: 'remote',
  ...more,
});

export const RUN = '1700000000000abcdefghij22' as RunId;

export const stopped: ProcessState = {
  kind: 'stopped',
  why: 'never started',
  sinceMs: 0,
  exit: null,
  certificate: null,
};
export const running = (pid = 4711): ProcessState => ({
  kind: 'running',
  why: 'started',
  sinceMs: 0,
  run: RUN,
  identity: { bootId: 'boot', pid, startTicks: 1 },
  readyAtMs: 0,
});

/** @param code the exit code; null = it was stopped */
export const attemptEnded = (
  attempt: AttemptId,
  code: number | null,
  outputBytes: number,
  run: RunId = RUN,
): LauncherFact => ({
  kind: 'attempt.ended',
  attempt,
  run,
  outcome: code === 0 ? 'completed' : code === null ? 'cancelled' : 'failed',
  why: code === null ? 'stopped' : `exit code ${code}`,
  exit: { exitCode: code, signal: code === null ? 'SIGTERM' : null, atMs: Date.now(), source: 'record', cause: null },
  certificate: null,
  outputBytes,
});

export const reportOf = (name: string, state: ProcessState): ProcessReport => ({
  name,
  desired: state.kind === 'stopped' ? 'stopped' : 'running',
  state,
  restarts: 0,
  restartsCounted: 0,
  lastExit: null,
  disabled: null,
  unenforced: [],
});
