/** Why a job is as it is, for people: GET /api/jobs/<id>/explain, `procguard explain`. */
import { z } from 'zod';

/** One for every way in which a job can wait. */
export const WAIT_CODES = [
  'dependencies',
  'delay',
  'not_before',
  'approval',
  /** A value of it was sealed with a key that is not at hand. */
  'sealed',
  /** A limit on how many may run at once is reached. */
  'limit',
  'no_worker',
  /** None that is known could ever run it. */
  'never',
  /** Those that could have no room now. */
  'busy',
  'draining',
  /** Those that could begin nothing a moment ago get only what no other could take. */
  'trouble',
  'unreachable',
  /** A worker has not told yet which devices it has. */
  'gpu_awaited',
  'gpu_in_use',
  /** A device was given back and has not yet been seen empty. */
  'gpu_settling',
  /** What could run it is kept free for one that waits for too long already. */
  'reserved',
  /** A gang needs more workers at once than are free. */
  'gang',
  /** A try of it was given up unheard, its worker is back, and how that ended is told in a moment. */
  'late_end',
  /** Others are before it. */
  'order',
  /** Somebody gives way to it and has not ended yet. */
  'making_room',
  /** A worker that asks for work by itself will get it with its next question. */
  'next_claim',
] as const;

export const WaitReason = z.object({
  code: z.enum(WAIT_CODES),
  /** A sentence. */
  text: z.string(),
  /** What it is about: workers, jobs, a limit's scope. At most ten. */
  about: z.array(z.string()).default([]),
});
export type WaitReason = z.infer<typeof WaitReason>;

export const JobExplanation = z.object({
  job_id: z.string(),
  state: z.string(),
  /** In one sentence. */
  summary: z.string(),
  /** The strongest first. Empty when it does not wait. */
  reasons: z.array(WaitReason),
  /** Queued jobs that go before it; null = it is not queued. */
  ahead: z.number().nullable(),
  /** What happens next, or what would make it run. */
  next: z.string(),
});
export type JobExplanation = z.infer<typeof JobExplanation>;
