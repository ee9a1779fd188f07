/** RemoteGPU's envelope: `code`, and the sentence under both of the names that its programs read. */
import type { ErrorCode, Refusal } from './errors';
import { CODES } from './remotegpu';

export const envelope = (data: unknown): object => ({ code: CODES.ok, msg: 'success', message: 'success', data });

export const refusalEnvelope = (refusal: Refusal): object => ({
  code: codeOf(refusal),
  msg: refusal.message,
  message: refusal.message,
  data: null,
  ...refusal.details,
});

const OURS: Partial<Record<ErrorCode, number>> = {
  attempt_mismatch: CODES.attemptMismatch,
  job_over: CODES.taskOver,
  job_state: CODES.taskOver,
  lease_expired: CODES.leaseExpired,
  unknown_job: CODES.unknownTask,
  bad_request: CODES.invalid,
  job_taken: CODES.invalid,
  dependency_circle: CODES.invalid,
  internal: CODES.internal,
};

/** What RemoteGPU has no number for is told by the HTTP status, as its backend does. */
const codeOf = ({ code, status }: Refusal): number => OURS[code] ?? status;
