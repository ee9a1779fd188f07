/** A process's health check (seed 002, `health_check_url`): GET, 2xx and 3xx are healthy. */
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

async function troubleOf({ url, timeoutMs }: HealthCheck): Promise<string | null> {
  try {
    const reply = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    await reply.body?.cancel();
    return reply.status < 400 ? null : `${url} answered ${reply.status}`;
  } catch (error) {
    const { name, message, cause } = error as Error;
    const why = name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : ((cause as Error)?.message ?? message);
    return `${url}: ${why}`;
  }
}
