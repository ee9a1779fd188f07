/** SimpleTuner's programs read `detail` of a refusal; ours and the original's read what stands beside it. */
import type { Refusal } from './errors';

export const refusalDetail = (refusal: Refusal): object => ({
  detail: refusal.message,
  success: false,
  error: refusal.message,
  code: refusal.code,
  ...refusal.details,
});
