/** How a refusal is told: each seed's programs read their own fields, by the path that they asked. Source: API_JOBS section 3. */
import type { Refusal } from '../../../protocol/errors';
import { refusalEnvelope } from '../../../protocol/remotegpu-answer';
import { refusalDetail, refusalStatus } from '../../../protocol/simpletuner-answer';

/** What SimpleTuner's programs ask for. */
const THEIRS = ['/api/queue', '/api/cloud/', '/api/workers/stream', '/api/admin/workers'];
/** Theirs, or of ProcGuard's own clients. */
const REGISTER = '/api/workers/register';

export interface RefusalShape {
  readonly status: number;
  readonly body: object;
}

/** @param isOfStreamWorker a worker of SimpleTuner asks, where its path is also others' */
export function refusalShape(path: string, isOfStreamWorker: boolean, refusal: Refusal): RefusalShape {
  if (path.startsWith('/api/v1/')) return { status: refusal.status, body: refusalEnvelope(refusal) };
  if (THEIRS.some((prefix) => path.startsWith(prefix)) || (path.startsWith(REGISTER) && isOfStreamWorker))
    return { status: refusalStatus(refusal), body: refusalDetail(refusal) };
  // Both read their own field of it.
  if (path.startsWith(REGISTER)) return { status: refusal.status, body: refusalDetail(refusal) };
  const body = { success: false, error: refusal.message, code: refusal.code, ...refusal.details };
  return { status: refusal.status, body };
}
