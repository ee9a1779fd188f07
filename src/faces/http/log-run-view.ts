/** A stored stream of a run as people are shown it. */
import type { LogRunView } from '../../../protocol/views';
import type { StoredRun } from '../../engine/log-store-port';

export const logRunView = ({ run, stream, startedAtMs, bytes, begin, storedBytes, gaps }: StoredRun): LogRunView => ({
  run_id: run,
  started_at_ms: startedAtMs,
  bytes,
  begin,
  stored_bytes: storedBytes,
  ...(gaps.length === 0 ? {} : { gaps: [...gaps] }),
  ...(stream === 'stdout' ? {} : { stream }),
});
