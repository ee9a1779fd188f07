/**
 * Jobs of a manager, for programs: `import { ProcGuardClient } from 'procguard/client'` (docs/client.md). What concurrent
 * callers submit travels together, each is answered for its own job, and a manager that restarts is waited for: every request
 * of this client can come twice and is done once.
 */
import type { JobRow, JobView } from '../../protocol/job-views';
import type { JobBody, JobReply, SubmittedJob, SubmitReply, WaitReply } from '../../protocol/jobs-http';
import { LIMITS } from '../../protocol/limits';
import { Requests, type ManagerAddress } from './requests';
import { Submissions, type OneJob } from './submissions';

export { Refusal } from '../../protocol/errors';
export { NoAnswer } from './no-answer';
export type { JobBody, JobRow, JobView, ManagerAddress, OneJob, SubmittedJob };

export class ProcGuardClient {
  readonly #requests: Requests;
  readonly #submissions: Submissions;

  constructor(address: ManagerAddress) {
    this.#requests = new Requests(address);
    this.#submissions = new Submissions(this.#requests);
  }

  /** Resolves when the job is durable. @throws Refusal, for this job alone; NoAnswer */
  submit(job: OneJob): Promise<SubmittedJob> {
    return this.#submissions.submit(job);
  }

  /** All of them or none, in one request; an array or a sweep is as many as it says. @throws Refusal, NoAnswer */
  async submitMany(jobs: readonly JobBody[]): Promise<SubmittedJob[]> {
    const body = JSON.stringify({ jobs });
    const reply = await this.#requests.ask<SubmitReply>({ method: 'POST', path: '/api/jobs', body, isOnce: true });
    return reply.jobs;
  }

  /** As it is now. @throws Refusal unknown_job, NoAnswer */
  job(id: string): Promise<JobView> {
    return this.#requests.ask<JobView>({ method: 'GET', path: pathOf(id) });
  }

  /** Resolves when it is over, or with the job as it is when `timeoutMs` has passed. @throws Refusal unknown_job, NoAnswer */
  async wait(id: string, { timeoutMs = Infinity }: { readonly timeoutMs?: number } = {}): Promise<JobRow> {
    const untilMs = performance.now() + timeoutMs;
    for (;;) {
      const leftMs = Math.max(0, untilMs - performance.now());
      const seconds = Math.min(leftMs, LIMITS.commandWaitMs) / 1000;
      const path = `${pathOf(id)}/wait?timeout=${seconds.toFixed(3)}`;
      const { is_over, job } = await this.#requests.ask<WaitReply>({ method: 'GET', path });
      if (is_over || performance.now() >= untilMs) return job;
    }
  }

  /** @throws Refusal unknown_job, job_over; NoAnswer */
  async cancel(id: string, why = ''): Promise<JobRow> {
    const body = JSON.stringify({ why });
    return (await this.#requests.ask<JobReply>({ method: 'POST', path: `${pathOf(id)}/cancel`, body })).job;
  }

  /** Whoever still waits is told that it was closed. */
  close(): void {
    this.#requests.close();
  }
}

const pathOf = (id: string): string => `/api/jobs/${encodeURIComponent(id)}`;
