/**
 * Every refusal, once: its code, its HTTP status, and whether the same request can succeed later without a change.
 * docs/errors.md has a paragraph for each; a test holds the two to each other in both directions.
 */
export const ERRORS = {
  bad_request: { status: 400, retryable: false },
  unknown_command: { status: 400, retryable: false },
  login_required: { status: 401, retryable: false },
  login_failed: { status: 401, retryable: false },
  totp_needed: { status: 401, retryable: false },
  password_needed: { status: 403, retryable: false },
  invalid_token: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  csrf_missing: { status: 403, retryable: false },
  credential_mismatch: { status: 403, retryable: false },
  rejected: { status: 403, retryable: true },
  pending_approval: { status: 403, retryable: true },
  refused_by_rule: { status: 403, retryable: false },
  forbidden_origin: { status: 403, retryable: false },
  forbidden_host: { status: 403, retryable: false },
  client_certificate: { status: 403, retryable: false },
  tls_required: { status: 400, retryable: false },
  dependency_circle: { status: 400, retryable: false },
  not_found: { status: 404, retryable: false },
  unknown_worker: { status: 404, retryable: false },
  unknown_process: { status: 404, retryable: false },
  unknown_run: { status: 404, retryable: false },
  unknown_version: { status: 404, retryable: false },
  unknown_user: { status: 404, retryable: false },
  unknown_token: { status: 404, retryable: false },
  unknown_job: { status: 404, retryable: false },
  unknown_schedule: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  user_taken: { status: 409, retryable: false },
  last_admin: { status: 409, retryable: false },
  worker_online: { status: 409, retryable: true },
  superseded: { status: 409, retryable: false },
  job_taken: { status: 409, retryable: false },
  schedule_taken: { status: 409, retryable: false },
  job_state: { status: 409, retryable: false },
  job_over: { status: 409, retryable: false },
  attempt_mismatch: { status: 409, retryable: false },
  worker_taken: { status: 409, retryable: false },
  process_taken: { status: 409, retryable: false },
  process_disabled: { status: 409, retryable: false },
  defined_elsewhere: { status: 409, retryable: false },
  no_worker_matches: { status: 409, retryable: true },
  offset_conflict: { status: 409, retryable: true },
  lease_expired: { status: 410, retryable: false },
  body_too_large: { status: 413, retryable: false },
  protocol_mismatch: { status: 426, retryable: false },
  queue_full: { status: 429, retryable: true },
  rate_limited: { status: 429, retryable: true },
  locked_out: { status: 429, retryable: true },
  internal: { status: 500, retryable: true },
  command_failed: { status: 502, retryable: true },
  shutting_down: { status: 503, retryable: true },
  wait_timeout: { status: 504, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>;
export type ErrorCode = keyof typeof ERRORS;

/** A refusal. The sentence says what failed, on what, by which limit, and what to do. */
export class Refusal extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** More fields for the reply, such as the known ids. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'Refusal';
  }
  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** Known names nearest to a mistyped one, best first, at most three. */
export function nearest(word: string, known: Iterable<string>): string[] {
  return [...known]
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
