/** How a refusal is told: each seed's programs read their own fields, by the path that they asked. Source: API_JOBS section 3. */
import type { Refusal } from '../../../protocol/errors';
import { refusalEnvelope } from '../../../protocol/remotegpu-answer';
import { refusalDetail } from '../../../protocol/simpletuner-answer';

/** What only SimpleTuner's programs ask for. */
const THEIRS = ['/api/queue', '/api/cloud/', '/api/workers/stream', '/api/workers/register'];

export function refusalShape(path: string, refusal: Refusal): object {
  if (path.startsWith('/api/v1/')) return refusalEnvelope(refusal);
  if (THEIRS.some((prefix) => path.startsWith(prefix))) return refusalDetail(refusal);
  return { success: false, error: refusal.message, code: refusal.code, ...refusal.details };
}
