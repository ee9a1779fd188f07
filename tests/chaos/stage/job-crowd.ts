/** Everybody who submits and cancels jobs during a seed: asks again until there is an answer. */
import { setTimeout as pause } from 'node:timers/promises';
import { resolve } from 'node:path';
import type { JobStats, JobView } from '../../../protocol/job-views';
import { FAILS, TRUST_MS, type PlannedJob } from '../plan/jobs';
import type { Stage } from './stage';

const JOB = resolve('tests/chaos/witness/job.pl');
const AT_ONCE = 200;
const PATIENCE_MS = 5_000;

export class JobCrowd {
  constructor(private readonly stage: Stage) {}

  /** Resolves when all are submitted, and those that were to be cancelled were asked to. */
  async work(): Promise<void> {
    const { jobs } = this.stage.schedule;
    const cancels: Promise<unknown>[] = [];
    for (let at = 0; at < jobs.length; at += AT_ONCE) {
      const batch = jobs.slice(at, at + AT_ONCE);
      // With ids of our own the second asking is the first: nothing is doubled.
      await this.#untilTaken('/api/jobs', { jobs: batch.map((job) => this.#wordsOf(job)) });
      for (const { id, cancelAfterMs } of batch)
        if (cancelAfterMs !== null)
          cancels.push(pause(cancelAfterMs).then(() => this.#untilTaken(`/api/jobs/${id}/cancel`, {})));
    }
    await Promise.all(cancels);
  }

  async view(id: string): Promise<JobView> {
    const response = await fetch(`${this.stage.url}/api/jobs/${id}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(`job ${id}: ${response.status} ${await response.text()}`);
    return (await response.json()) as JobView;
  }

  /** How many are not over. */
  async open(): Promise<number> {
    const response = await fetch(`${this.stage.url}/api/jobs/stats`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const { counts } = (await response.json()) as JobStats;
    const over = counts.completed + counts.failed + counts.cancelled;
    return this.stage.schedule.jobs.length - over;
  }

  #wordsOf({ id, lifeMs, code, gpus }: PlannedJob): unknown {
    return {
      id,
      command: [JOB, this.stage.jobsPlace, this.stage.mark, id, `${lifeMs}`, `${code}`],
      needs: { gpus: { count: gpus } },
      retries: { max: 1000, delay: 0, not_on: [FAILS] },
      timeouts: { grace: '300ms' },
      trust: `${TRUST_MS}ms`,
    };
  }

  /** @throws what a well manager refused */
  async #untilTaken(path: string, body: unknown): Promise<void> {
    for (;;) {
      try {
        const response = await fetch(this.stage.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(PATIENCE_MS),
        });
        if (response.ok) return;
        if (response.status < 500) throw new Refused(`${path}: ${response.status} ${await response.text()}`);
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
      await pause(50);
    }
  }
}

class Refused extends Error {}
