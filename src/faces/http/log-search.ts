/**
 * POST /api/logs/search: all that is stored of many processes, searched at once. The answer is JSON lines, each written as
 * it is found and no faster than it is read; a reader who leaves ends the search.
 */
import { once } from 'node:events';
import type { Response } from 'express';
import { Refusal } from '../../../protocol/errors';
import { LogSearchBody, type SearchLine } from '../../../protocol/http';
import { ProcessName, processKey, WorkerId } from '../../../protocol/ids';
import type { LogFound, SearchRequest } from '../../engine/log-store-port';
import { targetsOf } from './batch';
import { whenGone } from './pipe';
import { route, type HttpParts, type Route } from './route';
import { parseSince } from './since';

export const logSearchRoutes = ({ logs, engine }: HttpParts): Route[] => [
  route({
    method: 'post',
    path: '/api/logs/search',
    permission: 'logs.read',
    summary:
      'Lines that match in all stored output of the processes, merged by time, as JSON lines while they are found; the last line says whether it is complete',
    body: LogSearchBody,
    replyType: 'application/x-ndjson',
    handle: async ({ body, response }) => {
      const targets = targetsOf(engine, body).map(({ worker_id, process }) => ({
        worker: WorkerId.parse(worker_id),
        process: ProcessName.parse(process),
      }));
      const signal = whenGone(response);
      const found = logs.search(targets, requestOf(body, engine.nowMs, signal));
      await answer(found, body.limit ?? Infinity, response, signal);
      return undefined;
    },
  }),
];

function requestOf(body: LogSearchBody, nowMs: number, signal: AbortSignal): SearchRequest {
  const { q, regex, ignore_case, since, until, stream, limit } = body;
  return {
    pattern: q,
    regex,
    ignoreCase: ignore_case,
    stream,
    signal,
    // One more tells whether there are more.
    ...(limit === undefined ? {} : { limit: limit + 1 }),
    ...(since === undefined ? {} : { sinceMs: parseSince(since, nowMs) }),
    ...(until === undefined ? {} : { untilMs: parseSince(until, nowMs) }),
  };
}

/** A refusal before the first line is an ordinary one; after it, it is the last line. */
async function answer(
  found: AsyncIterable<LogFound>,
  limit: number,
  response: Response,
  signal: AbortSignal,
): Promise<void> {
  const begin = (): void => {
    if (!response.headersSent) response.set({ 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
  };
  let hits = 0;
  let complete = true;
  try {
    for await (const hit of found) {
      if (hits === limit) {
        complete = false;
        break;
      }
      begin();
      hits += 1;
      if (!response.write(lineOf(hitLine(hit)))) await once(response, 'drain', { signal });
    }
  } catch (error) {
    if (response.destroyed) return;
    if (!response.headersSent || !(error instanceof Refusal)) throw error;
    response.end(lineOf({ end: true, complete: false, error: error.message, code: error.code }));
    return;
  }
  begin();
  response.end(lineOf({ end: true, complete, hits }));
}

const hitLine = ({ worker, process, run, stream, offset, atMs, line }: LogFound): SearchLine => ({
  key: processKey(worker, process),
  run_id: run,
  stream,
  offset,
  at_ms: atMs,
  line,
});

const lineOf = (line: SearchLine): string => `${JSON.stringify(line)}\n`;
