/** How a refusal is told: each seed's programs read their own fields, by the path that they asked. Source: API_JOBS section 3. */
import type { Refusal } from '../../../protocol/errors';
import { refusalEnvelope } from '../../../protocol/remotegpu-answer';

export function refusalShape(path: string, refusal: Refusal): object {
  if (path.startsWith('/api/v1/')) return refusalEnvelope(refusal);
  return { success: false, error: refusal.message, code: refusal.code, ...refusal.details };
}
