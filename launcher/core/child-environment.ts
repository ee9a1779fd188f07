/** The environment a child is born with. */
import type { Env } from '../../protocol/process-spec';
import type { RunId } from '../../protocol/ids';

/** The run's cookie: inherited by every descendant, so that one that left group and session is still found. */
export const COOKIE_VARIABLE = 'PROCGUARD_RUN_ID';

/** Not the child's business: the launcher's own secret. */
const KEPT_BACK = new Set(['WORKER_TOKEN']);

/**
 * The launcher's environment, then the process's own, then what it is told about itself (seed 002 names `WORKER_ID`,
 * `PROCGuard_WORKER_ID`, `PROCGuard_URL`, `WORKER_START_TIME`).
 */
export function childEnvironment(
  launcher: Readonly<Record<string, string | undefined>>,
  own: Env,
  about: {
    readonly worker: string;
    readonly process: string;
    readonly run: RunId;
    readonly url: string;
    readonly bornAtMs: number;
  },
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(launcher))
    if (value !== undefined && !KEPT_BACK.has(name)) env[name] = value;
  return Object.assign(env, own, {
    WORKER_ID: about.worker,
    PROCGUARD_WORKER_ID: about.worker,
    PROCGuard_WORKER_ID: about.worker,
    PROCGUARD_PROCESS: about.process,
    [COOKIE_VARIABLE]: about.run,
    PROCGUARD_URL: about.url,
    PROCGuard_URL: about.url,
    /** Seconds since the epoch. */
    WORKER_START_TIME: (about.bornAtMs / 1000).toFixed(3),
  });
}
