/**
 * `workers[]` as the launcher beside the manager gets them: process specs of the one worker `local`.
 */
import { resolve } from 'node:path';
import { ProcessSpec } from '../../protocol/process-spec';
import type { ManagerConfig, WorkerConfig } from './manager-config';

/**
 * Without `recovery.enable_auto_recovery` nothing restarts by itself, these neither.
 * @param baseDir what relative paths are relative to: where the manager was started
 */
export function localProcesses({ workers, recovery }: ManagerConfig, baseDir: string): ProcessSpec[] {
  const when = (worker: WorkerConfig) => (recovery.enableAutoRecovery ? worker.restartPolicy : 'never');
  const absolute = (path: string | null): string | null => (path === null ? null : resolve(baseDir, path));
  return workers.map((worker) =>
    ProcessSpec.parse({
      name: worker.workerId,
      command: worker.command,
      workingDir: absolute(worker.workingDir),
      env: worker.env,
      secrets: worker.secrets,
      restart: { when: when(worker), delayMs: worker.restartDelayMs, maxRestarts: worker.maxRestarts },
      stop: { graceMs: worker.stopTimeoutMs },
      pidFile: absolute(worker.pidFile),
      healthCheck: worker.healthCheckUrl === null ? null : { url: worker.healthCheckUrl },
      type: worker.workerType,
      autoStart: worker.autoStart,
    }),
  );
}

/** The labels of the worker `local`: those of all entries together, as `zone=a,gpu=no`. Entries never disagree (keys.ts). */
export const localLabels = (workers: readonly WorkerConfig[]): string =>
  Object.entries(Object.assign({}, ...workers.map(({ labels }) => labels)) as Record<string, string>)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

/** Where a program on this machine reaches the manager: loopback, unless it listens on one address only. */
export function localUrl({ host, port, tls }: ManagerConfig['web']): string {
  const everywhere = ['0.0.0.0', '::', 'localhost', '127.0.0.1'].includes(host);
  const name = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${tls === null ? 'http' : 'https'}://${name}:${port}`;
}

/** The same for people's eyes. */
export const dashboardUrl = (web: ManagerConfig['web']): string =>
  `${localUrl(web).replace('127.0.0.1', 'localhost')}/`;
