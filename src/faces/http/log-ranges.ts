/** /api/logs: stored output by runs, byte ranges and search. The dashboard and the command line read through these. */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import type { LogHit } from '../../../protocol/http';
import { ProcessName, RunId, WorkerId } from '../../../protocol/ids';
import { LogRunView } from '../../../protocol/views';
import { pipeTo, whenGone } from './pipe';
import { route, type HttpParts, type Route } from './route';

const SEARCH_HITS_DEFAULT = 1000;
const SEARCH_HITS_MAX = 100_000;

export const logRangeRoutes = ({ logs }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/logs/:worker/:process',
    summary: 'The runs that have stored output, oldest first',
    reply: z.object({ runs: z.array(LogRunView) }),
    handle: ({ params }) => {
      const { worker, process } = target(params);
      return {
        runs: logs
          .runs(worker, process)
          .map(({ run, startedAtMs, bytes }) => ({ run_id: run, started_at_ms: startedAtMs, bytes })),
      };
    },
  }),
  route({
    method: 'get',
    path: '/api/logs/:worker/:process/search',
    summary: 'Lines that hold `q` (literal, or a regular expression with regex=1), oldest first',
    query: z.object({
      q: z.string().min(1).max(1000),
      regex: z.stringbool().default(false),
      ignore_case: z.stringbool().default(false),
      limit: z.coerce.number().int().min(1).max(SEARCH_HITS_MAX).default(SEARCH_HITS_DEFAULT),
    }),
    handle: async ({ params, query, response }) => {
      const { worker, process } = target(params);
      const hits: LogHit[] = [];
      const request = {
        pattern: query.q,
        regex: query.regex,
        ignoreCase: query.ignore_case,
        limit: query.limit + 1,
        signal: whenGone(response),
      };
      for await (const { run, offset, line } of logs.search(worker, process, request))
        hits.push({ run_id: run, offset, line });
      return { hits: hits.slice(0, query.limit), complete: hits.length <= query.limit };
    },
  }),
  route({
    method: 'get',
    path: '/api/logs/:worker/:process/:run',
    summary: 'Bytes of a run; X-Log-Offset says where they begin, X-Log-Size how long the run is now',
    query: z.object({ offset: z.coerce.number().int().default(0), bytes: z.coerce.number().int().min(0).optional() }),
    replyType: 'application/octet-stream',
    handle: async ({ params, query, response }) => {
      const { worker, process } = target(params);
      const run = RunId.safeParse(params.run);
      if (!run.success)
        throw new Refusal(
          'unknown_run',
          `${JSON.stringify(params.run?.slice(0, 100))} is no run id; GET /api/logs/${worker}/${process} lists the runs`,
        );
      const range = logs.read(
        { worker, process, run: run.data },
        { offset: query.offset, ...(query.bytes === undefined ? {} : { bytes: query.bytes }) },
      );
      response.set({
        'Content-Type': 'application/octet-stream',
        'Content-Length': String(range.end - range.offset),
        'X-Log-Offset': String(range.offset),
        'X-Log-Size': String(range.size),
        'Cache-Control': 'no-store',
      });
      await pipeTo(range.stream, response);
      return undefined;
    },
  }),
];

function target(params: Readonly<Record<string, string>>): { worker: WorkerId; process: ProcessName } {
  const worker = WorkerId.safeParse(params.worker);
  const process = ProcessName.safeParse(params.process);
  if (!worker.success || !process.success)
    throw new Refusal('bad_request', 'the path needs a worker id and a process name: /api/logs/<worker>/<process>');
  return { worker: worker.data, process: process.data };
}
