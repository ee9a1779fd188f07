/** What every contender of the queue measures can do, ours and the peers', in a program of its own (bench/programs/queue-*.ts). */
export interface DrivenQueue {
  /** One job. Resolves when it is as durable as this queue makes it. */
  submit(job: WorkSpec): Promise<void>;
  /** Many in one call. */
  submitMany(job: WorkSpec, count: number): Promise<void>;
  /** A worker comes, and stays until it is sent away. */
  attend(worker: WorkerSpec): Promise<Attendance>;
  close(): Promise<void>;
}

/** What a job is: nothing at all, or a command. The same for all jobs of one request. */
export interface WorkSpec {
  readonly command: readonly [string, ...string[]] | null;
}

export interface WorkerSpec {
  /** Jobs under way at once. */
  readonly concurrency: number;
  readonly job: WorkSpec;
}

export interface Attendance {
  /** Resolves when so many jobs more than at the last asking are noted as done, durably. */
  untilDone(jobs: number): Promise<void>;
  leave(): Promise<void>;
}

/** Orders to a program, one JSON object a line; each is answered `done <ms>` or `failed <why>`. */
export type QueueOrder =
  /** So many loops, each submitting its next job when the last is answered. */
  | { readonly do: 'submit'; readonly jobs: number; readonly submitters: number; readonly job: WorkSpec }
  /** In calls of `batch` jobs, one after the other. */
  | { readonly do: 'bulk'; readonly jobs: number; readonly batch: number; readonly job: WorkSpec }
  | ({ readonly do: 'attend' } & WorkerSpec)
  /** How long the worker that attends takes for so many queued jobs. Timed with its coming when it comes for this. */
  | ({ readonly do: 'drain'; readonly jobs: number } & WorkerSpec)
  /** Submitted and done, while the worker attends: first submit -> last one noted as done. */
  | ({ readonly do: 'cycle'; readonly jobs: number; readonly submitters: number } & WorkerSpec)
  /** One job to the worker that attends. Answers when it was submitted, by monotonicMs, instead of a duration. */
  | { readonly do: 'ask'; readonly job: WorkSpec }
  | { readonly do: 'leave' };
