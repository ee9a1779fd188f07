/** A process's health check (seed 002, `health_check_url`): GET, 2xx and 3xx are healthy. */
import http from 'node:http';
import https from 'node:https';
import type { HealthCheck } from '../../protocol/process-spec';

export interface Health {
  readonly healthy: boolean | null;
  readonly healthError: string | null;
}

const NOT_TRIED: Health = { healthy: null, healthError: null };

/** Checks from now on until stopped. One request at a time. */
export class HealthWatch {
  #health = NOT_TRIED;
  #failures = 0;
  #isAsking = false;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly check: HealthCheck) {
    this.#timer = setInterval(() => void this.#ask(), check.intervalMs);
  }

  get health(): Health {
    return this.#health;
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const trouble = await troubleOf(this.check);
    this.#isAsking = false;
    this.#failures = trouble === null ? 0 : this.#failures + 1;
    if (trouble === null) this.#health = { healthy: true, healthError: null };
    else if (this.#failures >= this.check.failuresMax)
      this.#health = { healthy: false, healthError: `${this.#failures} health checks in a row failed: ${trouble}` };
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Plain http rather than fetch: fetch alone costs the launcher 6 MB. */
function troubleOf({ url, timeoutMs }: HealthCheck): Promise<string | null> {
  return new Promise((resolve) => {
    const get = url.startsWith('https:') ? https.get : http.get;
    const request = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      resolve(statusCode >= 200 && statusCode < 400 ? null : `${url} answered ${statusCode}`);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', ({ message }) => resolve(`${url}: ${message}`));
  });
}
