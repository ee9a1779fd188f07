/** What launchers without a child behind them say: who they are, and how a process of theirs is. */
import type { InstanceId, RunId, WorkerId } from '../../protocol/ids';
import { LIMITS } from '../../protocol/limits';
import type { LauncherIdentity } from '../../protocol/link';
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
