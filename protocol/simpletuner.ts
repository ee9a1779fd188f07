/**
 * The words of SimpleTuner's orchestrator (seed 004): what its workers say and are told. Sources: API_JOBS 1B; field names
 * and numbers are theirs. Unknown fields are let be, as there.
 */
import { z } from 'zod';
import { LIMITS } from './limits';

/** Its workers beat every 30 s, and are offline after four of them. */
export const STREAM_BEAT_MS = 30_000;
/** Their words at the beginning. */
export const INVALID_TOKEN = 'Invalid worker token: X-Worker-Token is missing, rotated or revoked';
/** So long nothing is said on a stream before a ping is. */
export const PING_MS = 30_000;
/** Retries of a job that says nothing of it. */
export const RETRIES_DEFAULT = 3;
/** An ephemeral worker's credential that nobody used, and an ephemeral worker that is offline, are kept for so long. */
export const UNUSED_KEPT_MS = 300_000;
export const OFFLINE_KEPT_MS = 3_600_000;

const Name = z.string().min(1).max(LIMITS.nameCharsMax);
const Amount = z.number().min(0).nullish();

const GpuInfo = z.looseObject({
  name: z.string().max(LIMITS.nameCharsMax).nullish(),
  count: z.number().int().min(0).max(256).nullish(),
  vram_gb: Amount,
});

/** Its document has the device's words beside the others, its programs have them in `gpu_info`. */
export const StreamWorkerBody = z.looseObject({
  name: Name,
  gpu_info: GpuInfo.nullish(),
  gpu_name: GpuInfo.shape.name,
  gpu_count: GpuInfo.shape.count,
  gpu_vram_gb: Amount,
  /** Absent: as its credential says. */
  persistent: z.boolean().optional(),
  provider: z.string().max(LIMITS.nameCharsMax).nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  current_job_id: z.string().max(LIMITS.nameCharsMax).nullish(),
});
export type StreamWorkerBody = z.infer<typeof StreamWorkerBody>;

export const StreamWorkerReply = z.object({
  success: z.literal(true),
  worker_id: z.string(),
  sse_url: z.string(),
  /** It goes on with that. */
  resume_job: z.object({ job_id: z.string(), config_name: z.string().nullable(), status: z.string() }).nullable(),
  /** It ends that. */
  abandon_job: z.string().nullable(),
});
export type StreamWorkerReply = z.infer<typeof StreamWorkerReply>;

export const StreamBeatBody = z.looseObject({
  worker_id: Name,
  /** For people: whether it is draining or offline is not its own to say. */
  status: z.string().max(64).nullish(),
  current_job_id: z.string().max(LIMITS.nameCharsMax).nullish(),
  // Figures are for people: one that is none must not cost a worker its heartbeat.
  job_progress: z.record(z.string(), z.unknown()).nullish().catch(null),
  /** Of all devices: a share of 1, or a percentage where it is more. */
  gpu_utilization: z.number().min(0).max(100).nullish().catch(null),
  vram_used_gb: Amount.catch(null),
});

export const DisconnectBody = z.looseObject({ worker_id: Name });

/** `training` and `running` are one. */
export const JOB_STATUSES = ['starting', 'training', 'running', 'completed', 'failed', 'cancelled'] as const;
export const JobStatusBody = z.looseObject({
  status: z.enum(JOB_STATUSES),
  /** Ours: which try is spoken of; workers of before do not tell. */
  attempt_id: z.string().max(LIMITS.nameCharsMax).nullish(),
  progress: z.record(z.string(), z.unknown()).nullish(),
  error: z.string().max(LIMITS.bodyBytesMax).nullish(),
});
export type JobStatusBody = z.infer<typeof JobStatusBody>;

/** What a worker is told on its stream beside its jobs. */
export type AgentWord = { readonly kind: 'drain' } | { readonly kind: 'shutdown'; readonly reason: string };
