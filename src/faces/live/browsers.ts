/** Browsers' connections on Socket.IO's default namespace: dashboard feed, live tails, and the seed's feed. */
import type { Server } from 'socket.io';
import type { ManagerInfo } from '../../../protocol/live';
import type { Engine } from '../../engine/engine';
import type { LogStore } from '../../engine/log-store-port';
import type { Doorkeeper } from '../doorkeeper';
import { callerOf } from '../../trust/caller';
import { isPermitted } from '../../trust/rights';
import { boundBacklog } from './backlog';
import { Dashboards, type LiveNamespace, type LiveSocket } from './dashboards';
import { JobBoard } from './job-board';
import { serveLogViewer } from './log-viewers';
import { SeedFeed } from './seed-feed';
import { guardVisitors } from './visitors';

export interface LiveParts {
  readonly engine: Engine;
  readonly logs: LogStore;
  readonly info: () => ManagerInfo;
  readonly doorkeeper: Doorkeeper;
}

/** Returns what ends it. */
export function serveBrowsers(io: Server, { engine, logs, info, doorkeeper }: LiveParts): () => void {
  const namespace = io.of('/') as unknown as LiveNamespace;
  const unguard = guardVisitors(namespace, engine, doorkeeper);
  const mayApprove = ({ request }: LiveSocket): boolean =>
    isPermitted(doorkeeper.gate.resolve(request.headers, callerOf(request)), 'admin.workers', {});
  const dashboards = new Dashboards(namespace, engine, info, mayApprove);
  const jobBoard = new JobBoard(namespace, engine);
  const seedFeed = new SeedFeed(namespace, engine, logs);
  namespace.on('connection', (socket) => {
    boundBacklog(socket);
    dashboards.serve(socket);
    jobBoard.serve(socket);
    serveLogViewer(socket, logs);
    seedFeed.serve(socket);
  });
  return () => {
    unguard();
    dashboards.close();
    jobBoard.close();
    seedFeed.close();
  };
}
