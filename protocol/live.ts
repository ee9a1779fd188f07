/**
 * Manager -> browser, over Socket.IO's default namespace. Push only; rows change by delta.
 *
 * A dashboard emits `watch` (ack: Snapshot) and from then on receives `delta` and `usage`; after a reconnect it
 * watches again. `seq` rises by one with each delta; a hole means: watch again.
 * It emits `log.follow` (ack: FollowReply) and `log.unfollow` to get `log.data` of one process at a time per key.
 *
 * Of jobs, of which there may be ten thousand a minute, it hears how many are in each state (`jobs`, a few times a second
 * and only when something changed), and whole rows of those that it says it looks at: `jobs.look` (ack: JobsTick) names
 * them anew each time. What is new it finds by GET /api/jobs, when `newest` rose.
 *
 * A page that does not take what it is told is cut off (LIMITS.liveWaitingBytesMax), and connects again.
 *
 * Beside it stands the seed's feed (002): `subscribe {}` -> `subscribed`, then `worker_update`, `log_message`, `alert`.
 */
import { z } from 'zod';
import { JobCounts, JobRow, MeasuredGpu } from './job-views';
import { OutputStream } from './output-stream';
import { ApplicantView } from './trust-http';
import { EventView, IncidentView, LogRunView, ProcessView, WorkerView } from './views';

export const ManagerInfo = z.object({
  version: z.string(),
  started_at_ms: z.number(),
  now_ms: z.number(),
  /** Where launchers reach this manager, for the join command; as the browser's own address unless configured. */
  url: z.string().nullable(),
  heartbeat_timeout_ms: z.number(),
  /**
   * Said on every page. `open-to-network`: `web.auth` is none, so whoever reaches the port may do everything.
   * `open-at-home`: no user is defined, so this machine gets in without a login, and nobody else. Null = nothing to say.
   */
  notice: z.enum(['open-to-network', 'open-at-home']).nullable(),
});
export type ManagerInfo = z.infer<typeof ManagerInfo>;

export const Snapshot = z.object({
  seq: z.number(),
  manager: ManagerInfo,
  workers: z.array(WorkerView),
  processes: z.array(ProcessView),
  /** Newest last. */
  events: z.array(EventView),
  /** The one that goes on; null = none. */
  incident: IncidentView.nullable(),
  /** Launchers that wait for approval, or were rejected; empty for whoever may not approve (admin.workers). */
  applicants: z.array(ApplicantView),
  jobs: JobCounts,
});
export type Snapshot = z.infer<typeof Snapshot>;

export const Delta = z.object({
  seq: z.number(),
  at_ms: z.number(),
  workers: z.array(WorkerView),
  processes: z.array(ProcessView),
  /** Ids of workers and keys of processes that are no more. */
  removed_workers: z.array(z.string()),
  removed_processes: z.array(z.string()),
  events: z.array(EventView),
  /** As it is now. */
  incident: IncidentView.nullable(),
  /** All of them, as they are now. */
  applicants: z.array(ApplicantView),
});
export type Delta = z.infer<typeof Delta>;

/** At most once a second, and only what was heard of since: the heartbeat of the page. */
export const UsageTick = z.object({
  at_ms: z.number(),
  /** [worker_id, last_contact_ms, machine cpu 0..1 | null, memory used 0..1 | null] */
  workers: z.array(z.tuple([z.string(), z.number(), z.number().nullable(), z.number().nullable()])),
  /** [key, cpu in cores, rss bytes] */
  processes: z.array(z.tuple([z.string(), z.number(), z.number()])),
  /** [worker_id, its devices], of those on which a figure changed; who has them is in the worker's row. */
  devices: z.array(z.tuple([z.string(), z.array(MeasuredGpu)])),
});
export type UsageTick = z.infer<typeof UsageTick>;

export const FollowRequest = z.object({
  worker_id: z.string(),
  process: z.string(),
  /** One at a time; who wants both follows both. */
  stream: OutputStream.default('stdout'),
});
export type FollowRequest = z.input<typeof FollowRequest>;
/** The runs that have output, oldest first. `log.data` goes on exactly where these lengths end. */
export const FollowReply = z.object({ runs: z.array(LogRunView) });
export type FollowReply = z.infer<typeof FollowReply>;

/**
 * Bytes [offset, offset + data.length) of a run. A hole before `offset` means the viewer was too slow and pieces were
 * left out, or that there is a gap (output-gap.ts); the range is read again with
 * GET /api/logs/<worker>/<process>/<run>?offset=&bytes=, whose answer begins behind the gap.
 */
export interface LogData {
  readonly key: string;
  readonly run_id: string;
  readonly stream: OutputStream;
  readonly offset: number;
  readonly data: Uint8Array;
}

export const JOBS_LOOKED_AT_MAX = 1000;
export const LookRequest = z.object({ job_ids: z.array(z.string()).max(JOBS_LOOKED_AT_MAX) });
export type LookRequest = z.infer<typeof LookRequest>;

export const JobsTick = z.object({
  at_ms: z.number(),
  counts: JobCounts,
  /** `order` of the job that was submitted last; 0 = none ever was. */
  newest: z.number(),
  /** Rises with every change of a schedule; what they are is read by GET /api/schedules. */
  schedules: z.number(),
  /** Of those looked at: the ones that changed. */
  rows: z.array(JobRow),
  /** Of those looked at: the ones that are forgotten. */
  gone: z.array(z.string()),
});
export type JobsTick = z.infer<typeof JobsTick>;

export interface ServerToBrowser {
  connected: (message: { message: string }) => void;
  delta: (delta: Delta) => void;
  usage: (tick: UsageTick) => void;
  jobs: (tick: JobsTick) => void;
  'log.data': (piece: LogData) => void;
  subscribed: (message: { message: string }) => void;
  worker_update: (update: { worker_id: string } & Record<string, unknown>) => void;
  log_message: (line: { worker_id: string; message: string; level: string }) => void;
  alert: (alert: { type: string; message: string }) => void;
}
export interface BrowserToServer {
  watch: (reply: (snapshot: Snapshot) => void) => void;
  /** Instead of what was named before. */
  'jobs.look': (request: LookRequest, reply: (answer: JobsTick | { error: string }) => void) => void;
  'log.follow': (request: FollowRequest, reply: (answer: FollowReply | { error: string }) => void) => void;
  'log.unfollow': (request: FollowRequest) => void;
  subscribe: (nothing?: unknown) => void;
}
