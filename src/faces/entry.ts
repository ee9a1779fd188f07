/**
 * A way in, and the permission that it needs. Routes bring their own rows (http/route.ts); the ways in that are no routes
 * are listed here. All together: entries.ts.
 */
import type { FromLauncher } from '../../protocol/link-events';
import type { BrowserToServer } from '../../protocol/live';
import type { Permission } from '../../protocol/trust';

export interface Entry {
  /** `http`: Express. `road`: HTTP that Express never sees. `live`: Socket.IO for pages. `link`: what launchers say. */
  readonly over: 'http' | 'road' | 'live' | 'link';
  /** `POST /api/batch`, `watch`. */
  readonly name: string;
  readonly permission: Permission;
  /** The proof comes in the body: whoever asks is let in as far as that. */
  readonly isProvenInside?: true;
}

/** Beside the routes. Files and pages hold nothing that is not in the repository. */
export const PLAIN = {
  healthz: { over: 'http', name: 'GET /healthz', permission: 'public' },
  readyz: { over: 'http', name: 'GET /readyz', permission: 'public' },
  metrics: { over: 'http', name: 'GET /metrics', permission: 'fleet.read' },
  description: { over: 'http', name: 'GET /api/openapi.json', permission: 'fleet.read' },
  authority: { over: 'http', name: 'GET /ca.pem', permission: 'public' },
  docs: { over: 'http', name: 'GET /api/docs', permission: 'fleet.read' },
  pages: { over: 'http', name: 'GET /', permission: 'public' },
} as const satisfies Record<string, Entry>;

/** Answered before Express, by the links. */
export const ROADS = {
  output: { over: 'road', name: 'POST /link/v1/output', permission: 'worker.link' },
  agentRegister: { over: 'road', name: 'POST /api/v1/agent/register', permission: 'worker.link' },
  agentHeartbeat: { over: 'road', name: 'POST /api/v1/agent/heartbeat', permission: 'worker.link' },
  claim: { over: 'road', name: 'POST /api/v1/agent/tasks/claim', permission: 'worker.link' },
  start: { over: 'road', name: 'POST /api/v1/agent/tasks/:id/start', permission: 'worker.link' },
  renew: { over: 'road', name: 'POST /api/v1/agent/tasks/:id/renew', permission: 'worker.link' },
  leaseRenew: { over: 'road', name: 'POST /api/v1/agent/tasks/:id/lease/renew', permission: 'worker.link' },
  progress: { over: 'road', name: 'POST /api/v1/agent/tasks/:id/progress', permission: 'worker.link' },
  complete: { over: 'road', name: 'POST /api/v1/agent/tasks/:id/complete', permission: 'worker.link' },
  stream: { over: 'road', name: 'GET /api/workers/stream', permission: 'worker.link' },
  streamQueue: { over: 'road', name: 'GET /api/workers/queue', permission: 'worker.link' },
  streamBeat: { over: 'road', name: 'POST /api/workers/heartbeat', permission: 'worker.link' },
  jobStatus: { over: 'road', name: 'POST /api/workers/job/:id/status', permission: 'worker.link' },
  disconnect: { over: 'road', name: 'POST /api/workers/disconnect', permission: 'worker.link' },
  heartbeat: { over: 'road', name: 'POST /api/workers/:id/heartbeat', permission: 'worker.link' },
} as const satisfies Record<string, Entry>;

/** Socket.IO, default namespace. Whoever has none of these is not let in. */
export const LIVE_EVENTS = {
  watch: 'fleet.read',
  'jobs.look': 'fleet.read',
  'log.follow': 'logs.read',
  'log.unfollow': 'logs.read',
  subscribe: 'fleet.read',
} as const satisfies Record<keyof BrowserToServer, Permission>;

/** Socket.IO namespace /launcher, and ZeroMQ: only behind an admission (src/core/trust/admission.ts). */
export const LINK_EVENTS = ['sync', 'facts', 'beat'] as const satisfies readonly (keyof FromLauncher)[];
