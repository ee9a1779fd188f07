/** Answers of the links' hot routes, which Express never sees. */
import type { ServerResponse } from 'node:http';
import type { Refusal } from '../../protocol/errors';

/** True, for `return answerJson(...)` in a handler that says whether the request was its own. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): true {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
  return true;
}

export const refusalBody = (refusal: Refusal): object => ({
  success: false,
  error: refusal.message,
  code: refusal.code,
  ...refusal.details,
});

export const answerRefusal = (response: ServerResponse, refusal: Refusal): true =>
  answerJson(response, refusal.status, refusalBody(refusal));
