/** Routes onto Express: bodies and queries are parsed once, here; refusals become answers, here. */
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { fieldProblems } from '../../../protocol/field-problems';
import { LIMITS } from '../../../protocol/limits';
import { isOfWorkers, type Visit } from '../doorkeeper';
import { isKnown } from '../../trust/rights';
import type { Entry } from '../entry';
import { parseDocument } from './document';
import { entryOf, type HttpParts, type Route } from './route';

type Doors = Pick<HttpParts, 'engine' | 'doorkeeper'>;

export function mount(app: Express, routes: readonly Route[], doors: Doors): void {
  // curl -d sends a form's content type; what is in it is JSON all the same.
  const json = express.json({ type: () => true, limit: LIMITS.bodyBytesMax, strict: false });
  const short = express.json({ type: () => true, limit: LIMITS.strangerBodyBytesMax, strict: false });
  const handshake = express.json({ type: () => true, limit: LIMITS.handshakeBytesMax, strict: false });
  const text = express.text({ type: () => true, limit: LIMITS.bodyBytesMax });
  const proof: RequestHandler = (request, response, next) =>
    (isKnown((response.locals.visit as Visit).principal) ? json : handshake)(request, response, next);
  for (const route of routes) {
    const entry = entryOf(route);
    const usual = route.bodyIs === 'document' ? text : json;
    const reader = route.permission === 'public' ? short : entry.isProvenInside === true ? proof : usual;
    const readers = route.body === undefined ? [] : [reader];
    app[route.method](route.path, entrance(doors, entry), ...readers, handlerOf(route, doors));
  }
}

/** Before the body: a stranger's is not even read. */
export const entrance =
  ({ doorkeeper }: Pick<Doors, 'doorkeeper'>, entry: Entry): RequestHandler =>
  (request, response, next) => {
    response.locals.visit = doorkeeper.enter(entry, request, doorkeeper.gate.callerOf(request));
    next();
  };

function handlerOf(route: Route, { engine, doorkeeper }: Doors): RequestHandler {
  return async (request, response) => {
    // Whatever it is, it is for who asked: no cache between keeps it, and no browser's disk.
    response.set('Cache-Control', 'no-store');
    const visit = doorkeeper.still(response.locals.visit as Visit);
    const body: unknown = route.body === undefined ? undefined : bodyOf(route, route.body, request.body);
    const query: unknown = route.query === undefined ? {} : parse(route.query, request.query, 'query');
    const params = request.params as Record<string, string>;
    if (route.on !== undefined)
      doorkeeper.on(
        visit,
        engine.read((model) => route.on?.(model, { params, body, query }) ?? []),
      );
    else if (route.asksItself !== true && isOfWorkers(route.permission)) doorkeeper.onFleet(visit);
    const { principal, caller } = visit;
    const answer = await route.handle({
      params,
      body,
      query,
      by: principal.asker,
      principal,
      caller,
      may: (worker) => doorkeeper.may(visit, worker),
      must: (workers) => doorkeeper.on(visit, workers),
      hold: (workers) => doorkeeper.refusalOn(visit, workers),
      request,
      response,
    });
    if (answer !== undefined) response.json(answer);
  };
}

const bodyOf = (route: Route, schema: z.ZodType, body: unknown): unknown =>
  route.bodyIs === 'document'
    ? parseDocument(schema, typeof body === 'string' ? body : '')
    : parse(schema, body ?? {}, 'body');

function parse(schema: z.ZodType, value: unknown, what: 'body' | 'query'): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal(
    'bad_request',
    `the ${what} is not understood: ${fieldProblems(result.error, value)}. /api/docs has what it may hold`,
  );
}

/** The last handler. Seeds' clients read `error`; `code` is stable (docs/errors.md). */
export function answerErrors(onUnexpected: (error: unknown, request: Request) => void): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const refusal = asRefusal(error);
    response.set(hintsFor(refusal));
    if (refusal.code === 'internal') onUnexpected(error, request);
    response
      .status(refusal.status)
      .json({ success: false, error: refusal.message, code: refusal.code, ...refusal.details });
  };
}

/** What HTTP has headers for. */
function hintsFor({ status, details }: Refusal): Record<string, string> {
  const { retry_after_seconds: seconds } = details;
  return {
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="ProcGuard"' } : {}),
    ...(typeof seconds === 'number' ? { 'Retry-After': String(seconds) } : {}),
  };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { type, status, message, limit } = error as {
    type?: string;
    status?: number;
    message?: string;
    limit?: number;
  };
  if (type === 'entity.parse.failed')
    return new Refusal('bad_request', `the body is not JSON: ${message ?? ''}; nothing was done`);
  if (type === 'entity.too.large')
    return new Refusal(
      'body_too_large',
      `the body has more than ${limit ?? LIMITS.bodyBytesMax} bytes, the limit of a request; nothing of it was taken`,
    );
  if (error instanceof URIError)
    return new Refusal('bad_request', 'the path has a % that begins no UTF-8; write it as %25');
  if (status !== undefined && status >= 400 && status < 500)
    return new Refusal('bad_request', message ?? 'the request is not understood');
  return new Refusal('internal', 'the manager failed at this request; its log says why');
}
