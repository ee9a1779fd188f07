/** What a manager says of itself on every page and in its status. */
import type { ManagerInfo } from '../protocol/live';
import type { ManagerConfig } from './config/manager-config';
import type { Engine } from './engine/engine';
import { VERSION } from './version';

/** Asked of it again each time; it began when this was called. */
export function managerInfo(engine: Engine, config: ManagerConfig): () => ManagerInfo {
  const startedAtMs = engine.nowMs;
  return () => ({
    version: VERSION,
    started_at_ms: startedAtMs,
    now_ms: engine.nowMs,
    url: config.web.publicUrl,
    heartbeat_timeout_ms: config.monitoring.heartbeatTimeoutMs,
    notice: noticeOf(engine, config),
  });
}

function noticeOf(engine: Engine, { web }: ManagerConfig): ManagerInfo['notice'] {
  if (web.auth === 'none') return 'open-to-network';
  return engine.read(({ trust }) => trust.users.size) === 0 ? 'open-at-home' : null;
}
