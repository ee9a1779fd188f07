/** What the engine is asked about jobs, and what comes of it. */
import type { Refusal } from '../../../protocol/errors';
import type { Exit } from '../../../protocol/exit';
import type { WorkerId } from '../../../protocol/ids';
import type { AttemptId, AttemptOutcome, JobId, JobSpec } from '../../../protocol/jobs';
import type { Labels } from '../../../protocol/link';
import type { Asker } from '../../../protocol/trust';
import type { AccountId } from '../trust/rows';
import type { Attempt, DeclaredGpu, Job, ScheduledFor } from './rows';

/** One job as it is submitted: its id is made where the command comes in, the core has no randomness. */
export interface NewJob {
  readonly id: JobId;
  readonly spec: JobSpec;
  /** With the same key the job of before is the answer. */
  readonly key: string | null;
  readonly meta: Readonly<Record<string, string>>;
  /** It waits until somebody approves it. */
  readonly needsApproval?: boolean;
  readonly schedule?: ScheduledFor;
}

/** Whether who asks may have a job on whatever has these labels (scope-of-rights.ts). Null = yes. */
export type HoldJob = (labels: Labels) => Refusal | null;

interface Asked {
  readonly by: Asker;
  readonly hold?: HoldJob | undefined;
}

export type JobCommand =
  /** All of them or none. */
  | (Asked & {
      readonly kind: 'submitJobs';
      readonly jobs: readonly NewJob[];
      readonly via: Job['via'];
      readonly owner: string;
    })
  /** Cancelling what is over changes nothing and is no error. */
  | (Asked & { readonly kind: 'cancelJob'; readonly id: string; readonly why: string })
  /** What is over (not: completed) goes back to the queue, with its whole budget. */
  | (Asked & { readonly kind: 'retryJob'; readonly id: string })
  | (Asked & { readonly kind: 'changeJob'; readonly id: string; readonly priority: number })
  | (Asked & { readonly kind: 'approveJob'; readonly id: string })
  /** A worker of the claim protocol takes work (seed 003). The same request id gives the same attempts. */
  | {
      readonly kind: 'claimJobs';
      readonly worker: WorkerId;
      readonly limit: number;
      readonly leaseMs: number;
      readonly requestId: string | null;
    }
  /** Of the workers that speak for themselves (claim, SSE): begun. */
  | { readonly kind: 'attemptStarted'; readonly worker: WorkerId; readonly job: JobId; readonly attempt: AttemptId }
  | {
      readonly kind: 'attemptProgress';
      readonly worker: WorkerId;
      readonly job: JobId;
      readonly attempt: AttemptId;
      readonly percent: number | null;
      readonly message: string | null;
    }
  | {
      readonly kind: 'attemptEnded';
      readonly worker: WorkerId;
      readonly job: JobId;
      readonly attempt: AttemptId;
      readonly outcome: AttemptOutcome;
      readonly why: string;
      readonly exit: Exit | null;
      readonly output: Attempt['output'];
    }
  /** Written down only when it is news: otherwise `Engine.renew` does it in memory. */
  | {
      readonly kind: 'renewLease';
      readonly worker: WorkerId;
      readonly job: JobId;
      readonly attempt: AttemptId;
      readonly extendMs: number;
    }
  /** A worker that speaks another protocol than ours, with what it can. */
  | {
      readonly kind: 'registerAgent';
      readonly worker: WorkerId;
      readonly type: 'claim' | 'sse';
      readonly hostname: string;
      readonly version: string | null;
      readonly labels: Readonly<Record<string, string>>;
      readonly slots: number;
      /** Null = they are in its heartbeats. */
      readonly gpus: readonly DeclaredGpu[] | null;
      readonly heartbeatIntervalMs: number;
      /** Attempts that it says it still runs; null = it does not tell. */
      readonly holds: readonly AttemptId[] | null;
      /** Whose token it showed; null = it is let in without. */
      readonly account: AccountId | null;
      /** Leaves after one job. @default as its credential says */
      readonly isEphemeral?: boolean | undefined;
      readonly by: Asker;
    }
  /** Of a worker of the SSE protocol: what it has not answered is said on it. */
  | { readonly kind: 'openStream'; readonly worker: WorkerId; readonly connection: string }
  /** It says goodbye: it is offline at once. */
  | { readonly kind: 'agentLeft'; readonly worker: WorkerId }
  /** Jobs that were over before then are forgotten before their time. */
  | { readonly kind: 'forgetJobs'; readonly overBeforeMs: number; readonly by: Asker }
  | { readonly kind: 'setJobLimit'; readonly scope: string; readonly max: number | null; readonly by: Asker };

export interface JobReplies {
  /** In the order asked; `isNew` false = its key or its id was known, and the job of before is answered. */
  submitJobs: readonly { readonly job: Job; readonly isNew: boolean }[];
  cancelJob: Job;
  retryJob: Job;
  changeJob: Job;
  approveJob: Job;
  claimJobs: readonly { readonly job: Job; readonly attempt: Attempt }[];
  attemptStarted: Attempt;
  attemptProgress: Attempt;
  attemptEnded: { readonly attempt: Attempt; readonly job: Job };
  renewLease: { readonly attempt: Attempt; readonly expiresAtMs: number };
  registerAgent: { readonly keep: readonly AttemptId[]; readonly abandon: readonly AttemptId[] };
  openStream: null;
  agentLeft: null;
  forgetJobs: { readonly forgotten: number };
  setJobLimit: null;
}

export type JobFact =
  | { readonly kind: 'job.submitted'; readonly job: Job }
  | { readonly kind: 'job.changed'; readonly job: Job; readonly was: Job['state']['kind'] }
  | { readonly kind: 'attempt.changed'; readonly attempt: Attempt; readonly was: Attempt['state']['kind'] | null }
  /** Its time is over, or there are too many: with its attempts. */
  | { readonly kind: 'job.forgotten'; readonly id: JobId }
  | { readonly kind: 'job-limit.set'; readonly scope: string; readonly max: number | null };

export function isOfJobs({ kind }: { readonly kind: string }): boolean {
  switch (kind as JobFact['kind']) {
    case 'job.submitted':
    case 'job.changed':
    case 'attempt.changed':
    case 'job.forgotten':
    case 'job-limit.set':
      return true;
    default:
      return false;
  }
}
