/**
 * Bodies and answers of login, users, tokens, workers' credentials and approvals.
 * Sources: API_JOBS 1B (seed 004: /api/admin/workers, audit); the rest is ours.
 */
import { z } from 'zod';
import { WorkerId } from './ids';
import { LIMITS } from './limits';
import { Labels } from './link';
import { Grants } from './trust';

export const PASSWORD_CHARS_MIN = 10;
export { SESSION_COOKIE } from './session-cookie';
/** Sent back in a header by the page that holds the session; what it is, `GET /api/session` says. */
export const CSRF_HEADER = 'x-csrf-token';

export const UserName = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.@-]{0,63}$/,
    'a user name has 1 to 64 letters, digits and . _ @ -, and begins with one of the first two',
  );
const Password = z
  .string()
  .min(PASSWORD_CHARS_MIN, `a password has at least ${PASSWORD_CHARS_MIN} characters`)
  .max(1024, 'a password has at most 1024 characters');
/** Seconds from now, or a duration: `90d`, `12h`. Null = for ever. */
const Lasts = z.string().max(32).nullable().default(null);

/** POST /api/session: a login. Sets the cookie; answers SessionReply. 401 `login_failed`, 401 `totp_needed`, 429 `locked_out`. */
export const LoginBody = z.object({
  username: z.string().max(256),
  password: z.string().max(1024),
  totp: z.string().max(16).optional(),
});

/** GET /api/session: who asks. Public: it says whether a login is needed. */
export const SessionReply = z.object({
  /** `open`: nobody needs to log in from here; `login`: needed and missing; `in`: known. `setup`: no user yet, and not from here without a set-up link. */
  state: z.enum(['open', 'login', 'in', 'setup']),
  /** Null unless `in`. */
  user: z.object({ id: z.string(), name: z.string(), has_totp: z.boolean() }).nullable(),
  /** What who asks may do, somewhere. */
  grants: z.array(z.string()),
  permissions: z.array(z.string()),
  /** To send as `x-csrf-token` with whatever changes something; null = no cookie is in play. */
  csrf: z.string().nullable(),
});
export type SessionReply = z.infer<typeof SessionReply>;

/** POST /api/setup, with the token of the one-time link: the first admin. Answers SessionReply, logged in. */
export const SetupBody = z.object({ token: z.string().max(256), username: UserName, password: Password });

/** POST /api/session/password. */
export const PasswordBody = z.object({ current: z.string().max(1024), password: Password });
/** POST /api/session/totp: with the password begins, and answers {secret, uri}; with a code of that turns it on. */
export const TotpBody = z.object({ current: z.string().max(1024).optional(), code: z.string().max(16).optional() });
/** DELETE /api/session/totp: off, with a code of it. */
export const TotpOffBody = z.object({ code: z.string().max(16) });
export const TotpReply = z.object({ secret: z.string().nullable(), uri: z.string().nullable(), on: z.boolean() });
export type TotpReply = z.infer<typeof TotpReply>;

/** GET /api/admin/users -> {users: UserView[]}; POST; PATCH and DELETE /api/admin/users/:id (id or name). */
export const UserView = z.object({
  id: z.string(),
  name: z.string(),
  grants: z.array(z.string()),
  has_totp: z.boolean(),
  disabled: z.boolean(),
  created_at_ms: z.number(),
  created_by: z.string(),
  /** Sessions that are open. */
  sessions: z.number(),
});
export type UserView = z.infer<typeof UserView>;
export const NewUserBody = z.object({
  username: UserName,
  password: Password,
  grants: Grants.default([{ role: 'viewer', on: null }]),
});
export const ChangeUserBody = z.object({
  password: Password.optional(),
  grants: Grants.optional(),
  disabled: z.boolean().optional(),
  /** Takes the second factor off: the person lost it. */
  remove_totp: z.boolean().optional(),
});

/**
 * GET /api/tokens -> {tokens: TokenView[]} (one's own; all with `all=1` and admin.users); POST -> MintedToken, the token is
 * shown this once; DELETE /api/tokens/:id. Join tokens: POST /api/admin/join-tokens (admin.workers), listed and revoked with the others.
 */
export const TokenView = z.object({
  id: z.string(),
  kind: z.enum(['api', 'join']),
  name: z.string(),
  owner: z.string().nullable(),
  grants: z.array(z.string()),
  created_at_ms: z.number(),
  expires_at_ms: z.number().nullable(),
  /** Of a join token: how many workers it still lets in; null = any number, or it is none. */
  uses_left: z.number().nullable(),
  labels: Labels,
});
export type TokenView = z.infer<typeof TokenView>;
export const NewTokenBody = z.object({
  name: z.string().min(1).max(128),
  grants: Grants.optional(),
  expires: Lasts,
  /** The password of a person whose session it outlasts. */
  current: z.string().max(1024).optional(),
});
export const NewJoinTokenBody = z.object({
  name: z.string().min(1).max(128).default('join'),
  labels: Labels.default({}),
  uses: z.number().int().min(1).max(100_000).nullable().default(1),
  expires: Lasts.default('24h'),
});
/** `pgt_...` for the API, `jt_...` to join. */
export const MintedToken = TokenView.extend({ token: z.string(), join_command: z.string().nullable() });
export type MintedToken = z.infer<typeof MintedToken>;

/** A worker as /api/admin/workers lists it: seed 004's names, and those of its source. Times of `*_at`: ISO 8601. */
export const AdminWorker = z.object({
  /** `w_...`; a worker that is pending: its fingerprint; one without a credential of its own: its worker id. */
  id: z.string(),
  worker_id: z.string(),
  name: z.string(),
  /** connecting, idle, busy, draining, offline, stale, pending_approval. */
  status: z.string(),
  worker_type: z.enum(['persistent', 'ephemeral']),
  gpu_count: z.number(),
  gpu_name: z.string().nullable(),
  gpu_info: z.record(z.string(), z.unknown()),
  /** Ours: of its devices together, by the last heartbeat of a worker of SimpleTuner. Busy share, 0 to 1. */
  gpu_utilization: z.number().nullable(),
  vram_used_gb: z.number().nullable(),
  labels: Labels,
  provider: z.string().nullable(),
  current_job_id: z.string().nullable(),
  last_heartbeat: z.string().nullable(),
  connected_at: z.string().nullable(),
  created_at: z.string(),
  connected: z.boolean(),
  uptime_seconds: z.number().nullable(),
  /** Ours: how it proves itself; null = not at all (a plain client on this machine). */
  credential: z.enum(['token', 'key']).nullable(),
  /** Ours: how it came to be trusted. */
  source: z.enum(['minted', 'approved', 'joined', 'loopback', 'pending']),
  /** Ours: of its own key, or of its token. */
  fingerprint: z.string().nullable(),
  hostname: z.string().nullable(),
});
export type AdminWorker = z.infer<typeof AdminWorker>;
export const AdminWorkersReply = z.object({ workers: z.array(AdminWorker), total: z.number() });
/** POST /api/admin/workers. Source: seed 004; `worker_id` binds it before it first comes. */
export const NewWorkerBody = z.object({
  name: z.string().min(1).max(LIMITS.nameCharsMax),
  worker_type: z.enum(['persistent', 'ephemeral']).default('persistent'),
  labels: Labels.default({}),
  worker_id: WorkerId.optional(),
});
/** Of minting and of rotating. The token is shown this once. */
export const MintedWorker = z.object({
  worker_id: z.string(),
  token: z.string(),
  name: z.string(),
  connection_command: z.string(),
});
export type MintedWorker = z.infer<typeof MintedWorker>;

/** GET /api/approvals -> {applicants}; POST /api/approvals/:fingerprint/approve {labels, worker_id} | /reject. A worker id does for a fingerprint where it is unique. */
export const ApplicantView = z.object({
  fingerprint: z.string(),
  worker_id: z.string(),
  hostname: z.string(),
  version: z.string(),
  labels: Labels,
  from: z.string(),
  first_seen_ms: z.number(),
  state: z.enum(['pending', 'rejected']),
});
export type ApplicantView = z.infer<typeof ApplicantView>;
export const ApproveBody = z.object({
  labels: Labels.default({}),
  /** As which it was seen to wait: refused when it asks to be another by now. Needed for an id that another credential has. */
  worker_id: WorkerId.optional(),
});
