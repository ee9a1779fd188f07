/** Every way in that people and their programs take: one server, with the dashboard, the API and the live connections. */
import { createServer, type Server } from 'node:http';
import { Server as SocketServer } from 'socket.io';
import { LINK_NAMESPACE } from '../protocol/link';
import type { ManagerConfig } from './config/manager-config';
import type { Engine } from './engine/engine';
import { JobFigures } from './engine/job-figures';
import { JobWaits } from './engine/job-waits';
import type { Journal } from './engine/ports';
import { Doorkeeper } from './faces/doorkeeper';
import { createGuard } from './faces/guard';
import { jobIds } from './faces/http/job-ids';
import { createWebFace, type WebFace } from './faces/http/server';
import { Joining, type JoinFiles } from './faces/join/joining';
import { serveBrowsers } from './faces/live/browsers';
import { RefusalLog } from './faces/refusal-log';
import { boundStrangers } from './links/anteroom';
import { managerInfo } from './manager-info';
import type { Stores } from './open-stores';
import { TemplateFiles } from './stores/job-templates/template-files';
import type { Gate } from './trust/gate';
import { peopleOf } from './trust/people';
import type { ManagerTls } from './trust/tls/manager-tls';
import { VERSION } from './version';

/** Engine.IO notices a half-open connection within the sum of these. */
const PING_INTERVAL_MS = 5_000;
const PING_TIMEOUT_MS = 5_000;
const SOCKET_MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

/** What of this is files beside the program. */
export interface FaceFiles {
  /** The built dashboard. */
  readonly webDir: string;
  /** Swagger UI's. */
  readonly docsDir: string;
  readonly join: JoinFiles;
}

export interface FaceParts {
  readonly config: ManagerConfig;
  readonly files: FaceFiles;
  readonly engine: Engine;
  readonly stores: Stores;
  readonly gate: Gate;
  readonly tls: ManagerTls | null;
  readonly hotRoads: WebFace['hotRoads'];
  readonly journal: Journal;
}

export interface Faces {
  /** Not yet listening. */
  readonly server: Server;
  /** Guarded like the server; links open their own namespace on it. */
  readonly io: SocketServer;
  /** Nothing is told to anybody any more; what was counted is given to the engine, which must still run. */
  leave(): void;
  /** Resolves when every connection is closed. */
  close(): Promise<void>;
}

export function openFaces({ config, files, engine, stores, gate, tls, hotRoads, journal }: FaceParts): Faces {
  const { web, state } = config;
  const { ledger, logs, usage } = stores;
  const info = managerInfo(engine, config);
  const sameSite = createGuard({ allowedHosts: web.allowedHosts, publicUrl: web.publicUrl });
  const guard: typeof sameSite = tls === null ? sameSite : (request) => tls.guard(request) ?? sameSite(request);
  const refusals = new RefusalLog(engine);
  const doorkeeper = new Doorkeeper(engine, gate, refusals);
  const jobWaits = new JobWaits(engine);
  const jobFigures = new JobFigures(engine);
  const authority = () => tls?.authority() ?? null;
  const server = createWebFace({
    createServer: tls?.createServer ?? createServer,
    caPem: () => authority()?.pem ?? null,
    engine,
    templates: new TemplateFiles(config.jobs.templatesDir),
    newJobId: jobIds(() => engine.nowMs),
    logs,
    usage,
    audit: ledger.audit,
    info,
    gate,
    doorkeeper,
    joining: new Joining(files.join, { version: VERSION, publicUrl: web.publicUrl, listensOn: web.host, authority }),
    people: peopleOf(engine, { sessionMs: web.sessionMs, dataDir: state.dataDir }),
    jobWaits,
    jobFigures,
    guard,
    hotRoads,
    webDir: web.enabled ? files.webDir : null,
    docsDir: files.docsDir,
    journal,
  });
  const io = new SocketServer(server, {
    serveClient: false,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    maxHttpBufferSize: SOCKET_MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    allowRequest: (request, answer) => answer(null, guard(request) === null),
  });
  boundStrangers(io, [io.of('/'), io.of(LINK_NAMESPACE)]);
  const leaveBrowsers = serveBrowsers(io, { engine, logs, info, doorkeeper });
  return {
    server,
    io,
    leave() {
      leaveBrowsers();
      jobWaits.close();
      jobFigures.close();
      refusals.flush();
    },
    async close() {
      const closing = io.close();
      // Bodies under way end here: a frozen launcher must not hold the manager. What arrived is kept, the rest comes again.
      server.closeAllConnections();
      await closing;
    },
  };
}
