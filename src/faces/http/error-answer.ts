/** Whatever went wrong becomes an answer here. Seeds' clients read `error`; `code` is stable (docs/errors.md). */
import type { ErrorRequestHandler } from 'express';
import type { IncomingMessage } from 'node:http';
import { Refusal } from '../../../protocol/errors';
import { LIMITS } from '../../../protocol/limits';
import { refusalShape } from './refusal-shape';

/** Told of what should not have happened. */
export type OnUnexpected = (error: unknown, request: IncomingMessage) => void;

/** Express's last handler. */
export function answerErrors(onUnexpected: OnUnexpected): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, headers, body } = errorAnswer(error, request, onUnexpected);
    response.set(headers).status(status).json(body);
  };
}

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

export function errorAnswer(error: unknown, request: IncomingMessage, onUnexpected: OnUnexpected): ErrorAnswer {
  const refusal = asRefusal(error);
  if (refusal.code === 'internal') onUnexpected(error, request);
  return { ...refusalShape(pathOf(request), isOfStreamWorker(request), refusal), headers: hintsFor(refusal) };
}

/** It shows a token as SimpleTuner's workers do, and no worker_id as ProcGuard's own clients. */
function isOfStreamWorker(request: IncomingMessage): boolean {
  const { body } = request as { body?: unknown };
  const isOwn = typeof body === 'object' && body !== null && 'worker_id' in body;
  return request.headers['x-worker-token'] !== undefined && !isOwn;
}

/** What HTTP has headers for. A refusal is for who asked, like every answer. */
function hintsFor({ status, details }: Refusal): Record<string, string> {
  const { retry_after_seconds: seconds } = details;
  return {
    'Cache-Control': 'no-store',
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

/** Express shortens `url` on the way into a router. */
const pathOf = (request: IncomingMessage): string =>
  (request as { originalUrl?: string }).originalUrl ?? request.url ?? '';
