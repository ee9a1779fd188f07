/**
 * The audit: what people and strangers caused, each entry linked to the one before it. Source: API_JOBS 1B (seed 004);
 * names of its events are kept where it has one, and `worker.*`, `process.*`, `definition.*` are ours.
 *
 * GET /api/audit?event_type&actor_id&target_type&target_id&since&until&limit(<=500)&offset -> {entries, total, has_more}; `total_is_capped` is ours
 * GET /api/audit/{stats,types,security}, /api/audit/user/{id}, /api/audit/verify?start_id&end_id. With format=jsonl all that
 * match come as JSON lines, oldest first; with follow=true the answer goes on as entries are written.
 */
import { z } from 'zod';

export const AUDIT_TYPES = [
  'auth.login.success',
  'auth.login.failed',
  'auth.logout',
  'auth.session.expired',
  'auth.setup',
  'user.created',
  'user.updated',
  'user.deleted',
  'api_key.created',
  'api_key.revoked',
  'join_token.created',
  'api_key.expired',
  'join_token.revoked',
  'join_token.expired',
  'worker.registered',
  'worker.refused',
  'worker.pending',
  'worker.approved',
  'worker.rejected',
  'worker.token.created',
  'worker.token.rotated',
  'worker.drained',
  'worker.undrained',
  'worker.removed',
  'process.command',
  'process.command.done',
  'process.defined',
  'process.forgotten',
  'definition.applied',
  'definition.rolled_back',
  'security.permission_denied',
  'security.rate_limited',
  'security.suspicious',
  'job.submitted',
  'job.cancelled',
  'job.retried',
  'job.changed',
  'job.approved',
  'job.limited',
  'schedule.created',
  'schedule.changed',
  'schedule.paused',
  'schedule.resumed',
  'schedule.run',
  'schedule.removed',
  'audit.exported',
  'audit.purged',
  'manager.started',
  'manager.stopped',
] as const;
export const AuditType = z.enum(AUDIT_TYPES);
export type AuditType = z.infer<typeof AuditType>;

/** As the API answers it. `actor_*` and `target_*` are seed 004's. */
export const AuditEntry = z.object({
  id: z.number().int(),
  /** ISO 8601. */
  timestamp: z.string(),
  event_type: z.string(),
  actor_id: z.string().nullable(),
  actor_username: z.string().nullable(),
  actor_ip: z.string().nullable(),
  actor_kind: z.string(),
  /** As sentences name it: `alice (token ci)`. */
  actor_text: z.string(),
  target_type: z.string().nullable(),
  target_id: z.string().nullable(),
  /** A sentence without who did it: `stop`, `rotated its token`. */
  action: z.string(),
  /** `ok`, or the code of the refusal. */
  result: z.string(),
  details: z.record(z.string(), z.unknown()),
  /** Hex; of the entry and of the one before it. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditReply = z.object({
  entries: z.array(AuditEntry),
  /** All that match; where `total_is_capped`, there are more than these. */
  total: z.number(),
  total_is_capped: z.boolean(),
  has_more: z.boolean(),
});
export type AuditReply = z.infer<typeof AuditReply>;
export const AuditVerdict = z.object({
  valid: z.boolean(),
  entries_checked: z.number(),
  /** Ids at which the chain does not hold, and what is wrong there; the first hundred. */
  broken_links: z.array(z.object({ id: z.number(), what: z.string() })),
  /** All of them. */
  broken_total: z.number(),
  first_id: z.number().nullable(),
  last_id: z.number().nullable(),
  /** Where the chain ends. Noted elsewhere, it proves later that nothing up to here was exchanged as a whole; null = it cannot be believed. */
  head: z.object({ id: z.number(), hash: z.string() }).nullable(),
});
export type AuditVerdict = z.infer<typeof AuditVerdict>;

/** GET /api/audit/stats?since&until. */
export const AuditStats = z.object({
  total: z.number(),
  by_type: z.record(z.string(), z.number()),
  /** By name; those with most, at most a hundred. */
  by_actor: z.record(z.string(), z.number()),
  /** By UTC date, `2026-01-31`. */
  by_day: z.record(z.string(), z.number()),
  by_result: z.record(z.string(), z.number()),
});
export type AuditStats = z.infer<typeof AuditStats>;

/** What GET /api/audit/security shows: what was refused, and what looked like an attack. */
export const SECURITY_TYPES: readonly AuditType[] = [
  'auth.login.failed',
  'worker.refused',
  'security.permission_denied',
  'security.rate_limited',
  'security.suspicious',
];
