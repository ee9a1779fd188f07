/** Seed 002's `health_check_url`: what it says goes to the manager with the usage, and is FailureHandler's to decide. */
import type { HealthCheck } from '../../protocol/process-spec';
import { askHttp } from './ask-http';
import { Repeat } from './repeat';

export interface Health {
  /** Null = no check, or not yet tried. */
  readonly healthy: boolean | null;
  readonly healthError: string | null;
}

export const NOT_TRIED: Health = { healthy: null, healthError: null };

/** @returns how to stop */
export function watchHealth(check: HealthCheck, say: (health: Health) => void): () => void {
  const { url, intervalMs, timeoutMs, failuresMax } = check;
  let failures = 0;
  const repeat = new Repeat(
    (signal) => askHttp(url, timeoutMs, signal),
    Math.random() * intervalMs,
    () => intervalMs,
    (trouble) => {
      failures = trouble === null ? 0 : failures + 1;
      if (trouble === null) return say({ healthy: true, healthError: null });
      if (failures < failuresMax) return;
      say({ healthy: false, healthError: `${failures} health checks in a row failed: ${url} ${trouble}` });
    },
  );
  return () => repeat.release();
}
