/**
 * What concurrent callers submit, gathered: all that was asked in one moment, or while a request was under way, is the next
 * request. One is under way at a time, so jobs reach the queue in the order in which they were asked.
 *
 * The manager takes all jobs of a request or none. Where it refuses for the sake of a job, the halves are asked each for
 * itself, until whoever is refused stands alone.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Refusal, type ErrorCode } from '../../protocol/errors';
import type { JobBody, SubmittedJob, SubmitReply } from '../../protocol/jobs-http';
import type { Requests } from './requests';

/** An array or a sweep is many. */
export type OneJob = Omit<JobBody, 'array' | 'sweep'>;

/** Jobs in a request, and characters of them: what the manager decides in one turn, while all others wait. */
const JOBS_MAX = 1000;
const CHARS_MAX = 1024 * 1024;

/** Another job of the same request need not be refused. */
const OF_ONE_JOB = new Set<ErrorCode>([
  'bad_request',
  'forbidden',
  'job_taken',
  'unknown_job',
  'dependency_circle',
  'body_too_large',
]);

interface Asked {
  /** Written once, and as it was when it was asked. */
  readonly text: string;
  readonly resolve: (job: SubmittedJob) => void;
  readonly reject: (error: unknown) => void;
}

export class Submissions {
  readonly #asked: Asked[] = [];
  #isAtWork = false;

  constructor(private readonly requests: Requests) {}

  submit(job: OneJob): Promise<SubmittedJob> {
    if ('array' in job || 'sweep' in job)
      return Promise.reject(new TypeError('an array or a sweep is many jobs: give it to submitMany'));
    return new Promise((resolve, reject) => {
      this.#asked.push({ text: JSON.stringify(job), resolve, reject });
      if (!this.#isAtWork) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    do {
      // Whoever was answered asks for the next in this very moment.
      await nextTurn();
      await this.#send(this.#next());
    } while (this.#asked.length > 0);
    this.#isAtWork = false;
  }

  /** The oldest, as many as go into one request. */
  #next(): readonly Asked[] {
    let chars = 0;
    const end = this.#asked.findIndex(({ text }, at) => {
      chars += text.length;
      return at === JOBS_MAX || (at > 0 && chars > CHARS_MAX);
    });
    return this.#asked.splice(0, end === -1 ? Infinity : end);
  }

  async #send(asked: readonly Asked[]): Promise<void> {
    const texts = asked.map(({ text }) => text);
    const body = texts.length === 1 ? texts.join() : `{"jobs":[${texts.join()}]}`;
    try {
      const { jobs } = await this.requests.ask<SubmitReply>({ method: 'POST', path: '/api/jobs', body, isOnce: true });
      for (const [at, { resolve }] of asked.entries()) resolve(jobs[at] as SubmittedJob);
    } catch (error) {
      if (asked.length > 1 && error instanceof Refusal && OF_ONE_JOB.has(error.code)) {
        const half = asked.length >> 1;
        await this.#send(asked.slice(0, half));
        await this.#send(asked.slice(half));
      } else for (const { reject } of asked) reject(error);
    }
  }
}
