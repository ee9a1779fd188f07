/** SimpleTuner's programs read `detail` of a refusal; ours and the original's read what stands beside it. */
import type { Refusal } from './errors';

export const refusalDetail = (refusal: Refusal): object => ({
  detail: refusal.message,
  success: false,
  error: refusal.message,
  code: refusal.code,
  ...refusal.details,
});

/** Theirs say 422 of what is not understood, and their workers know a wrong worker_id by 400. */
export const refusalStatus = ({ code, status }: Refusal): number =>
  code === 'bad_request' ? 422 : code === 'credential_mismatch' ? 400 : status;
