/** Routes onto Express: bodies and queries are parsed once, here; refusals become answers, here. */
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { fieldProblems } from '../../../protocol/field-problems';
import { LIMITS } from '../../../protocol/limits';
import { callerOf } from '../../trust/caller';
import type { Gate } from '../../trust/gate';
import { parseDocument } from './document';
import type { Route } from './route';

export function mount(app: Express, routes: readonly Route[], gate: Gate): void {
  // curl -d sends a form's content type; what is in it is JSON all the same.
  const json = express.json({ type: () => true, limit: LIMITS.bodyBytesMax, strict: false });
  const text = express.text({ type: () => true, limit: LIMITS.bodyBytesMax });
  for (const route of routes) {
    const reader = route.bodyIs === 'document' ? text : json;
    app[route.method](route.path, ...(route.body === undefined ? [] : [reader]), handlerOf(route, gate));
  }
}

function handlerOf(route: Route, gate: Gate): RequestHandler {
  return async (request, response) => {
    const body: unknown = route.body === undefined ? undefined : bodyOf(route, route.body, request.body);
    const query: unknown = route.query === undefined ? {} : parse(route.query, request.query, 'query');
    const params = request.params as Record<string, string>;
    const caller = callerOf(request);
    const principal = gate.resolve(request.headers, caller);
    const by = principal.asker;
    const answer = await route.handle({ params, body, query, by, principal, caller, request, response });
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
    if (refusal.code === 'internal') onUnexpected(error, request);
    response
      .status(refusal.status)
      .json({ success: false, error: refusal.message, code: refusal.code, ...refusal.details });
  };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { type, status, message } = error as { type?: string; status?: number; message?: string };
  if (type === 'entity.parse.failed')
    return new Refusal('bad_request', `the body is not JSON: ${message ?? ''}; nothing was done`);
  if (type === 'entity.too.large')
    return new Refusal(
      'body_too_large',
      `the body has more than ${LIMITS.bodyBytesMax} bytes, the limit of a request; nothing of it was taken`,
    );
  if (error instanceof URIError)
    return new Refusal('bad_request', 'the path has a % that begins no UTF-8; write it as %25');
  if (status !== undefined && status >= 400 && status < 500)
    return new Refusal('bad_request', message ?? 'the request is not understood');
  return new Refusal('internal', 'the manager failed at this request; its log says why');
}
