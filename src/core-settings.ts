/** The configuration's words as the core's settings. */
import type { ManagerConfig } from './config/manager-config';
import type { CoreSettings } from './core/settings';

export const coreSettingsOf = ({ monitoring, recovery, security, jobs }: ManagerConfig): CoreSettings => ({
  jobs: {
    streamSilenceMs: jobs.streamTimeoutMs,
    starvationMs: jobs.starvationMs,
    fairShareBy: jobs.fairShareBy,
    gpuIdleBytes: jobs.gpuIdleBytes,
    limits: new Map(Object.entries(jobs.limits)),
    kept: jobs.kept,
    keptMs: jobs.keptMs,
    keptFailed: jobs.keptFailed,
    keptFailedMs: jobs.keptFailedMs,
  },
  secretNames: security.secretNames,
  heartbeatTimeoutMs: monitoring.heartbeatTimeoutMs,
  samplingIntervalMs: monitoring.intervalMs,
  zombieDetection: monitoring.zombieDetection,
  cpu: monitoring.cpu,
  memory: monitoring.memory,
  crashLoopShare: monitoring.crashLoopShare,
  recovery: {
    enabled: recovery.enableAutoRecovery,
    maxAttempts: recovery.maxRecoveryAttempts,
    windowMs: recovery.recoveryTimeoutMs,
    stopAllOnFailure: recovery.stopAllOnFailure,
    reassign: recovery.taskReassignment,
    brake: recovery.brake,
  },
});
