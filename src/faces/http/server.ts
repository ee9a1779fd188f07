/**
 * The web face: guard first, then the links' hot roads and the straight one, then Express with one router per noun, then the dashboard's
 * files. One http.Server serves them all; Socket.IO joins it in open-faces.ts.
 */
import express from 'express';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { CA_PATH } from '../../../protocol/ca-fingerprint';
import { Refusal } from '../../../protocol/errors';
import { PLAIN, type Entry } from '../entry';
import type { Journal } from '../../engine/ports';
import { adminWorkerRoutes } from './admin-workers';
import { approvalRoutes } from './approvals';
import { auditRoutes } from './audit';
import { batchRoutes } from './batch';
import { definitionRoutes } from './definitions';
import { explainRoutes } from './explain';
import { fleetRoutes } from './fleet';
import { jobRoutes } from './job';
import { jobControlRoutes } from './job-control';
import { jobLimitRoutes } from './job-limits';
import { jobLogRoutes } from './job-logs';
import { jobTemplateRoutes } from './job-templates';
import { jobsRoutes } from './jobs';
import { joinRoutes } from './join';
import { joinTokenRoutes } from './join-tokens';
import { logRangeRoutes } from './log-ranges';
import { logSearchRoutes } from './log-search';
import { createMetrics } from './metrics';
import { answerErrors, type OnUnexpected } from './error-answer';
import { entrance, mount } from './mount';
import { openApi } from './openapi';
import { docsPolicy, pageHeaders } from './page-headers';
import { processRoutes } from './processes';
import { recoveryRoutes } from './recovery';
import type { HttpParts, Route } from './route';
import { remoteGpuTaskRoutes } from './remotegpu-tasks';
import { scheduleRoutes } from './schedules';
import { sessionRoutes } from './session';
import { setRoutes } from './sets';
import { simpleTunerJobRoutes } from './simpletuner-jobs';
import { simpleTunerQueueRoutes } from './simpletuner-queue';
import { statusRoutes } from './status';
import { straightRoad } from './straight';
import { tokenRoutes } from './tokens';
import { usageRoutes } from './usage';
import { userRoutes } from './users';
import { workerLogRoutes } from './worker-logs';
import { workerRoutes } from './workers';

const KEEP_ALIVE_MS = 65_000;

/** True: the request is this road's and is being answered. */
export type HotRoad = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface WebFace extends HttpParts {
  /** Makes the server: with or without TLS. */
  readonly createServer: (listener: RequestListener) => Server | TlsServer;
  /** The certificate of the manager's own authority, in PEM; null = it has none. */
  readonly caPem: () => string | null;
  readonly guard: (request: IncomingMessage) => Refusal | null;
  /** Each serves some of ROADS. */
  readonly hotRoads: Readonly<Record<'output' | 'streamWorkers' | 'heartbeat' | 'agents', HotRoad>>;
  /** The built dashboard; null = not served (`web.enabled: false`). */
  readonly webDir: string | null;
  /** Swagger UI's files. */
  readonly docsDir: string;
  readonly journal: Journal;
}

export function allRoutes(parts: HttpParts): Route[] {
  return [
    ...sessionRoutes(parts),
    ...userRoutes(parts),
    ...tokenRoutes(parts),
    ...statusRoutes(parts),
    ...adminWorkerRoutes(parts),
    ...approvalRoutes(parts),
    ...recoveryRoutes(parts),
    ...explainRoutes(parts),
    ...workerRoutes(parts),
    ...processRoutes(parts),
    ...definitionRoutes(parts),
    ...setRoutes(parts),
    ...workerLogRoutes(parts),
    ...fleetRoutes(parts),
    ...usageRoutes(parts),
    ...batchRoutes(parts),
    ...logRangeRoutes(parts),
    ...logSearchRoutes(parts),
    ...jobsRoutes(parts),
    ...jobLimitRoutes(parts),
    ...jobTemplateRoutes(parts),
    ...jobControlRoutes(parts),
    ...jobRoutes(parts),
    ...jobLogRoutes(parts),
    ...scheduleRoutes(parts),
    ...auditRoutes(parts),
    ...joinRoutes(parts),
    ...joinTokenRoutes(parts),
    ...remoteGpuTaskRoutes(parts),
    ...simpleTunerQueueRoutes(parts),
    ...simpleTunerJobRoutes(parts),
  ];
}

export function createWebFace(face: WebFace): Server | TlsServer {
  const routes = allRoutes(face);
  const app = webApp(face, routes);
  const roads = [...Object.values(face.hotRoads), straightRoad(routes, face, journalled(face))];
  const server = face.createServer((request, response) => {
    const refusal = face.guard(request);
    if (refusal !== null) {
      face.doorkeeper.suspicious(request, refusal);
      request.resume();
      response.writeHead(refusal.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ success: false, error: refusal.message, code: refusal.code }));
      return;
    }
    for (const road of roads) if (road(request, response)) return;
    app(request, response);
  });
  // Longer than any client of ours is silent: a connection must not be closed under the request that is on its way.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

/** Every way in through Express; a test holds it to the table of entries. */
export function webApp(face: WebFace, routes = allRoutes(face)): express.Express {
  const { version } = face.info();
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(pageHeaders);
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  // To strangers too, so how large the fleet is stays out of it.
  app.get('/readyz', (_request, response) => void response.json({ status: 'ready' }));
  app.get(CA_PATH, (_request, response) => {
    const pem = face.caPem();
    if (pem === null)
      throw new Refusal('not_found', 'this manager has no certificate authority of its own; ask whoever runs it');
    response.type('application/x-pem-file').send(pem);
  });
  const metrics = createMetrics(face.engine, face.jobFigures, version);
  const asked = (entry: Entry) => entrance(face, entry);
  app.get(
    '/metrics',
    asked(PLAIN.metrics),
    async (_request, response) => void response.type(metrics.contentType).send(await metrics.text()),
  );
  mount(app, routes, face);
  const description = openApi(routes, version);
  app.get('/api/openapi.json', asked(PLAIN.description), (_request, response) => void response.json(description));
  app.use('/api/docs', asked(PLAIN.docs), docs(face.docsDir));
  app.use('/api', (request) => {
    const known = routes
      .filter(({ path }) => matchesPath(path, request.originalUrl.split('?')[0] ?? ''))
      .map(({ method }) => method.toUpperCase());
    if (known.length > 0)
      throw new Refusal(
        'method_not_allowed',
        `${request.method} is not offered at ${request.originalUrl}; known: ${known.join(', ')}`,
      );
    throw new Refusal(
      'not_found',
      `${request.method} ${request.originalUrl.slice(0, 200)} is not part of this API; see /api/docs`,
    );
  });
  if (face.webDir !== null) app.use(asked(PLAIN.pages), express.static(face.webDir, { index: 'index.html' }));
  app.use((request) => {
    throw new Refusal(
      'not_found',
      `there is nothing at ${request.originalUrl.slice(0, 200)}; the dashboard is at /, the API's description at /api/docs`,
    );
  });
  app.use(answerErrors(journalled(face)));
  return app;
}

const journalled =
  ({ journal }: WebFace): OnUnexpected =>
  (error, { method, url }) =>
    journal.error(`${method} ${url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);

const matchesPath = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(path);

/** Swagger UI from its package, pointed at our description; no inline script, so the CSP holds. */
function docs(dir: string): express.Router {
  const router = express.Router();
  router.use(docsPolicy);
  router.get('/swagger-initializer.js', (_request, response) => {
    response
      .type('application/javascript')
      .send(
        "window.onload = () => { window.ui = SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true, presets: [SwaggerUIBundle.presets.apis], layout: 'BaseLayout' }); };",
      );
  });
  router.use(express.static(dir));
  return router;
}
