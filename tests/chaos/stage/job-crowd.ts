/** Everybody who submits and cancels jobs during a seed: asks again until there is an answer. */
import { setTimeout as pause } from 'node:timers/promises';
import { resolve } from 'node:path';
import type { JobStats, JobView } from '../../../protocol/job-views';
import { FAILS, STUMBLE_DELAY_MS, type PlannedJob } from '../plan/jobs';
import type { Stage } from './stage';

const JOB = resolve('tests/chaos/witness/job.pl');
const PATIENCE_MS = 30_000;
const AT_ONCE = 16;

export class JobCrowd {
  #beganAtMs = 0;

  constructor(private readonly stage: Stage) {}

  /** Since the work began. */
  get elapsedMs(): number {
    return performance.now() - this.#beganAtMs;
  }

  /** Resolves when all are submitted, and those that were to be cancelled were asked to. */
  async work(): Promise<void> {
    this.#beganAtMs = performance.now();
    const cancels: Promise<unknown>[] = [];
    for (const { atMs, jobs } of this.stage.schedule.submissions) {
      await pause(Math.max(0, atMs - this.elapsedMs));
      const [only] = jobs;
      const words = jobs.map((job) => this.#wordsOf(job));
      // With ids of our own the second asking is the first: nothing is doubled.
      if (only !== undefined) await this.#untilTaken('/api/jobs', jobs.length === 1 ? words[0] : { jobs: words });
      for (const { id, cancelAfterMs } of jobs)
        if (cancelAfterMs !== null)
          cancels.push(pause(cancelAfterMs).then(() => this.#untilTaken(`/api/jobs/${id}/cancel`, {})));
    }
    await Promise.all(cancels);
  }

  /** In their order. */
  async views(jobs: readonly PlannedJob[]): Promise<JobView[]> {
    const views: JobView[] = [];
    for (let at = 0; at < jobs.length; at += AT_ONCE)
      views.push(...(await Promise.all(jobs.slice(at, at + AT_ONCE).map(({ id }) => this.view(id)))));
    return views;
  }

  stats(): Promise<JobStats> {
    return this.#get('/api/jobs/stats');
  }

  /** How many are not over, of those that are planned. */
  async open(): Promise<number> {
    const { counts } = await this.stats();
    const over = counts.completed + counts.failed + counts.cancelled;
    return this.stage.schedule.jobs.length - over;
  }

  /** Asks for all devices of a worker at once. @returns the job */
  async wantWhole(worker: string, devices: number): Promise<string> {
    const id = `whole-${worker}`;
    await this.#untilTaken('/api/jobs', { id, command: ['true'], needs: { worker, gpus: { count: devices } } });
    return id;
  }

  view(id: string): Promise<JobView> {
    return this.#get<JobView>(`/api/jobs/${id}`);
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(this.stage.url + path, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  #wordsOf({ id, lifeMs, code, gpus, isStubborn, stumbles }: PlannedJob): unknown {
    const habits = [...(isStubborn ? ['stubborn'] : []), ...(stumbles ? ['stumbles'] : [])];
    return {
      id,
      command: [JOB, this.stage.jobsPlace, this.stage.mark, id, `${lifeMs}`, `${code}`, ...habits],
      needs: { gpus: { count: gpus } },
      retries: { max: 1000, delay: stumbles ? `${STUMBLE_DELAY_MS}ms` : 0, factor: 1, not_on: [FAILS] },
      timeouts: { grace: '300ms' },
      trust: `${this.stage.schedule.trustMs}ms`,
      // The clock of our making is for our programs: a job tells the machine's.
      env: { LD_PRELOAD: '' },
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
