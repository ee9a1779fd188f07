/** The environment a child is born with. */
import type { Env } from '../../protocol/process-spec';

/** The run's cookie, set by the shim: inherited by every descendant, so that one that left group and session is still found. */
export const COOKIE_VARIABLE = 'PROCGUARD_RUN_ID';

/** When the run was born, set by the shim. Seed 002. */
export const START_TIME_VARIABLE = 'WORKER_START_TIME';

/** Not the child's business: the launcher's own secret, and the cookie of a run that the launcher itself may be in. */
const KEPT_BACK = new Set(['WORKER_TOKEN', COOKIE_VARIABLE, START_TIME_VARIABLE]);

/**
 * The launcher's environment, then the process's own, then what it is told about itself (seed 002 names `WORKER_ID`,
 * `PROCGuard_WORKER_ID`, `PROCGuard_URL`, `WORKER_START_TIME`). The shim adds what is known only when the run is born.
 */
export function childEnvironment(
  launcher: Readonly<Record<string, string | undefined>>,
  own: Env,
  about: { readonly worker: string; readonly process: string; readonly url: string },
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(launcher))
    if (value !== undefined && !KEPT_BACK.has(name)) env[name] = value;
  return Object.assign(env, own, {
    WORKER_ID: about.worker,
    PROCGUARD_WORKER_ID: about.worker,
    PROCGuard_WORKER_ID: about.worker,
    PROCGUARD_PROCESS: about.process,
    PROCGUARD_URL: about.url,
    PROCGuard_URL: about.url,
  });
}

/** `name=value` of variables that a shell cannot hold, and so would not hand on. */
export const oddlyNamed = (env: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(env).flatMap(([name, value]) => (/^[A-Za-z_]\w*$/.test(name) ? [] : [`${name}=${value}`]));
