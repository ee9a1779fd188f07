/**
 * The words of RemoteGPU (seed 003): server and agents. Sources: API_JOBS 1A; field names and defaults are theirs.
 * Every answer is {code, msg, message, data}: code 0 is well, others are below; the HTTP status is real beside it.
 */
import { z } from 'zod';
import { LIMITS } from './limits';

export const CODES = {
  ok: 0,
  attemptMismatch: 30001,
  taskOver: 30002,
  leaseExpired: 30003,
  unknownTask: 30004,
  invalid: 30005,
  internal: 30099,
} as const;

export const LEASE_SECONDS = 300;
/** Its agents beat every 30 s, and are offline after six of them. */
export const AGENT_BEAT_MS = 30_000;
export const AGENT_OFFLINE_MS = 180_000;
export const MAX_WORKERS = 4;
export const MAX_RETRIES = 3;
export const RETRY_DELAY_SECONDS = 60;
export const TIMEOUT_SECONDS = 3600;

const Id = z.string().min(1).max(LIMITS.nameCharsMax);
const Output = z.string().max(LIMITS.resultBytesMax).default('');

const Agent = z.object({ agent_id: Id, machine_id: Id.optional() });

export const ClaimBody = Agent.extend({
  limit: z.number().int().min(1).max(1000).default(10),
  request_id: z.string().min(1).max(LIMITS.nameCharsMax).nullish(),
});

const OfAttempt = z.object({ agent_id: Id, attempt_id: z.string().min(1).max(LIMITS.nameCharsMax) });
export const StartBody = OfAttempt;
export const RenewBody = OfAttempt.extend({ extend_sec: z.number().positive().max(86_400).default(LEASE_SECONDS) });
export const ProgressBody = OfAttempt.extend({
  percent: z.number().min(0).max(100).nullish(),
  message: z.string().max(LIMITS.reasonCharsMax).nullish(),
});
export const CompleteBody = OfAttempt.extend({
  exit_code: z.number().int().nullish(),
  stdout: Output,
  stderr: Output,
  error: z.string().max(LIMITS.bodyBytesMax).nullish(),
});

export const GpuMetric = z.object({
  index: z.number().int(),
  uuid: z.string().default(''),
  name: z.string().default('GPU'),
  util_percent: z.number().nullish(),
  memory_used_mb: z.number().nullish(),
  memory_total_mb: z.number().nullish(),
  temperature_c: z.number().nullish(),
  power_usage_w: z.number().nullish(),
});
export const AgentMetrics = z.object({
  cpu_usage_percent: z.number().nullish(),
  memory_usage_percent: z.number().nullish(),
  memory_used_gb: z.number().nullish(),
  disk_usage_percent: z.number().nullish(),
  disk_used_gb: z.number().nullish(),
  gpu_metrics: z.array(GpuMetric).max(256).nullish(),
});
export type AgentMetrics = z.infer<typeof AgentMetrics>;
export const HeartbeatBody = Agent.extend({ metrics: AgentMetrics.nullish() });
export const RegisterBody = Agent.extend({
  version: z.string().max(64).nullish(),
  hostname: z.string().max(256).nullish(),
  ip_address: z.string().max(64).nullish(),
  agent_port: z.number().int().nullish(),
  max_workers: z.number().int().min(0).max(10_000).default(MAX_WORKERS),
  labels: z.record(z.string(), z.string()).optional(),
  metrics: AgentMetrics.nullish(),
});
export type RegisterBody = z.infer<typeof RegisterBody>;
