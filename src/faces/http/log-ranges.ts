/** /api/logs/<worker>/<process>: stored output by runs, ranges and search. The dashboard and the command line read through these. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import type { LogHit } from '../../../protocol/http';
import { ProcessName, RunId, WorkerId } from '../../../protocol/ids';
import { LIMITS } from '../../../protocol/limits';
import { OutputStream } from '../../../protocol/output-stream';
import { LogRunView } from '../../../protocol/views';
import type { LogRange, LogStore, LogTarget, RunRef } from '../../engine/log-store-port';
import { logRunView } from './log-run-view';
import { compressed, pipeTo, whenGone } from './pipe';
import { route, type HttpParts, type Route } from './route';
import { parseSince } from './since';

const SEARCH_HITS_DEFAULT = 1000;
const SEARCH_HITS_MAX = 100_000;

const RangeQuery = z.object({
  stream: OutputStream.default('stdout'),
  /** Negative: from the end. */
  offset: z.coerce.number().int().default(0),
  bytes: z.coerce.number().int().min(0).optional(),
  /** From the n-th line on, counted from 1 at the first byte there is; instead of `offset`. */
  line: z.coerce.number().int().min(1).optional(),
  /** So many lines; instead of `bytes`. */
  lines: z.coerce.number().int().min(1).optional(),
  /** From the first line that arrived then; instead of `offset`. */
  since: z.string().optional(),
});
type RangeQuery = z.output<typeof RangeQuery>;

export const logRangeRoutes = ({ logs, engine }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/logs/:worker/:process',
    permission: 'logs.read',
    summary: 'The runs that have stored output, oldest first, each with what is missing of it',
    query: z.object({ stream: OutputStream.default('stdout') }),
    reply: z.object({ runs: z.array(LogRunView) }),
    handle: ({ params, query }) => {
      const { worker, process } = target(params);
      return { runs: logs.runs(worker, process, query.stream).map(logRunView) };
    },
  }),
  route({
    method: 'get',
    path: '/api/logs/:worker/:process/search',
    permission: 'logs.read',
    summary: 'Lines that hold `q` (literal, or a regular expression with regex=1), oldest first',
    query: z.object({
      q: z.string().min(1).max(LIMITS.searchCharsMax),
      regex: z.stringbool().default(false),
      ignore_case: z.stringbool().default(false),
      stream: OutputStream.default('stdout'),
      limit: z.coerce.number().int().min(1).max(SEARCH_HITS_MAX).default(SEARCH_HITS_DEFAULT),
    }),
    handle: async ({ params, query, response }) => {
      const hits: LogHit[] = [];
      const request = {
        pattern: query.q,
        regex: query.regex,
        ignoreCase: query.ignore_case,
        stream: query.stream,
        limit: query.limit + 1,
        signal: whenGone(response),
      };
      for await (const { run, offset, line } of logs.search([target(params)], request))
        hits.push({ run_id: run, offset, line });
      return { hits: hits.slice(0, query.limit), complete: hits.length <= query.limit };
    },
  }),
  route({
    method: 'get',
    path: '/api/logs/:worker/:process/:run',
    permission: 'logs.read',
    summary:
      'Bytes of a run by offset, line or time, gzip when accepted; X-Log-Offset says where they begin, X-Log-Size how long the run is now',
    query: RangeQuery,
    replyType: 'application/octet-stream',
    handle: async ({ params, query, request, response }) => {
      const ref = { ...target(params), run: runOf(params), stream: query.stream };
      const signal = whenGone(response);
      const range = logs.read(ref, await placeOf(logs, ref, { ...query, nowMs: engine.nowMs, signal }));
      await send(range, request, response);
      return undefined;
    },
  }),
];

async function send(range: LogRange, request: Request, response: Response): Promise<void> {
  const length = range.end - range.offset;
  response.set({
    'Content-Type': 'application/octet-stream',
    'X-Log-Offset': String(range.offset),
    'X-Log-Size': String(range.size),
    'Cache-Control': 'no-store',
  });
  const stream = compressed(range.stream, length, request, response);
  if (stream === range.stream) response.set('Content-Length', String(length));
  await pipeTo(stream, response);
}

/** Lines and times as offsets. */
async function placeOf(
  logs: LogStore,
  ref: RunRef,
  { line, lines, since, offset, bytes, nowMs, signal }: RangeQuery & { nowMs: number; signal: AbortSignal },
): Promise<{ offset: number; bytes?: number }> {
  if (lines !== undefined && line === undefined)
    throw new Refusal('bad_request', 'lines says how many lines from `line` on; say where to begin: line=1');
  if (line !== undefined) {
    const from = await logs.lineOffset(ref, line, signal);
    const to = lines === undefined ? undefined : await logs.lineOffset(ref, line + lines, signal);
    return { offset: from, ...(to === undefined ? {} : { bytes: to - from }) };
  }
  const from = since === undefined ? offset : ((await logs.since(ref, parseSince(since, nowMs))) ?? logs.length(ref));
  return { offset: from, ...(bytes === undefined ? {} : { bytes }) };
}

function runOf(params: Readonly<Record<string, string>>): RunId {
  const run = RunId.safeParse(params.run);
  if (run.success) return run.data;
  throw new Refusal(
    'unknown_run',
    `${JSON.stringify(params.run?.slice(0, 100))} is no run id; GET /api/logs/${params.worker}/${params.process} lists the runs`,
  );
}

function target(params: Readonly<Record<string, string>>): LogTarget {
  const worker = WorkerId.safeParse(params.worker);
  const process = ProcessName.safeParse(params.process);
  if (!worker.success || !process.success)
    throw new Refusal('bad_request', 'the path needs a worker id and a process name: /api/logs/<worker>/<process>');
  return { worker: worker.data, process: process.data };
}
