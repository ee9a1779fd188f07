/** /api/workers/<id>/logs and /api/remote-workers/<id>/logs: output as lines, as text, or cleared. Source: seed 002. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { LogLineBody } from '../../../protocol/http';
import { ProcessName, RunId, WorkerId } from '../../../protocol/ids';
import { LIMITS } from '../../../protocol/limits';
import { StreamChoice } from '../../../protocol/output-stream';
import { findProcess } from '../../core/processes/find';
import type { Process } from '../../core/model';
import type { LogLine, LogTarget } from '../../engine/log-store-port';
import { processNamed } from './named';
import { sendOutput } from './send-output';
import { whenGone } from './pipe';
import { parseSince } from './since';
import { route, type HttpParts, type Route } from './route';

/** Lines of one answer. Whoever wants more takes the bytes. */
const LINES_MAX = 1_000_000;

const LogsQuery = z.object({
  process: z.string().optional(),
  /** Lines, newest kept; 0 = all (text only). */
  limit: z.coerce.number().int().min(0).max(LINES_MAX).default(LIMITS.logLinesDefault),
  format: z.enum(['json', 'text']).default('json'),
  since: z.string().optional(),
  grep: z.string().max(LIMITS.searchCharsMax).optional(),
  run: RunId.optional(),
  /** Of a process that is split; `both` are merged by time of arrival, so their order is approximate. */
  stream: StreamChoice.default('both'),
});
type LogsQuery = z.output<typeof LogsQuery>;

export const workerLogRoutes = (parts: HttpParts): Route[] => [
  ...['/api/workers/:id/logs', '/api/remote-workers/:id/logs'].map((path) =>
    route({
      method: 'get',
      path,
      permission: 'logs.read',
      summary:
        'The newest lines of output ({logs: [...]}, 1000 unless `limit`); `format=text` is the same byte for byte, with `limit=0` the whole output; lines that match `grep`, and two streams side by side, are text',
      query: LogsQuery,
      handle: async ({ params, query, request, response }) => {
        const process = outputOf(parts, params.id ?? '', query.process ?? null);
        // The original answers an unknown remote worker with an empty list; its clients rely on it.
        if (process instanceof Refusal) {
          if (path.startsWith('/api/remote-workers')) return { logs: [] };
          throw process;
        }
        if (query.format === 'text') return text(parts, process, query, request, response);
        const lines = await pick(parts, process, query, whenGone(response));
        const type = parts.engine.workerView(process.worker)?.type === 'local' ? 'local' : 'remote';
        return { logs: lines.map(seedLine), type, lines };
      },
    }),
  ),
  route({
    method: 'post',
    path: '/api/workers/:id/logs',
    permission: 'worker.link',
    on: processNamed,
    summary: 'A plain client adds a line to its output',
    body: LogLineBody,
    handle: ({ params, body }) => {
      const process = locate(parts, params.id ?? '', null);
      if (process instanceof Refusal) throw process;
      if (process.actual.via !== 'plain')
        throw new Refusal(
          'bad_request',
          `worker ${process.worker} has a launcher that ships its output; lines cannot be posted beside it`,
        );
      const { run } = process.actual.report;
      parts.logs.appendLine(
        { worker: process.worker, process: process.name, run },
        Buffer.from(`${body.message.replace(/\n$/, '')}\n`),
      );
      return { success: true };
    },
  }),
  route({
    method: 'delete',
    path: '/api/workers/:id/logs',
    permission: 'process.control',
    on: processNamed,
    summary: 'Forget the output so far',
    query: z.object({ process: z.string().optional() }),
    handle: ({ params, query }) => {
      const process = locate(parts, params.id ?? '', query.process ?? null);
      if (process instanceof Refusal) throw process;
      parts.logs.clear(process.worker, process.name);
      return { success: true, type: parts.engine.workerView(process.worker)?.type === 'local' ? 'local' : 'remote' };
    },
  }),
];

const locate = ({ engine }: HttpParts, id: string, process: string | null): Process | Refusal =>
  engine.read((model) => findProcess(model, id, process));

/** Of a process, or of one that was removed: what it wrote stays, and is asked for by both names. */
function outputOf(parts: HttpParts, id: string, name: string | null): LogTarget | Refusal {
  const found = locate(parts, id, name);
  if (!(found instanceof Refusal)) return { worker: found.worker, process: found.name };
  const [worker, process] = [WorkerId.safeParse(id), ProcessName.safeParse(name)];
  if (!worker.success || !process.success) return found;
  const isKept = (['stdout', 'stderr'] as const).some(
    (stream) => parts.logs.runs(worker.data, process.data, stream).length > 0,
  );
  return isKept ? { worker: worker.data, process: process.data } : found;
}

async function text(
  parts: HttpParts,
  target: LogTarget,
  query: LogsQuery,
  request: Request,
  response: Response,
): Promise<undefined> {
  response.type('text/plain; charset=utf-8');
  const { worker, process: name } = target;
  const { run, stream } = query;
  const isSplit = stream === 'both' && parts.logs.runs(worker, name, 'stderr').some(({ bytes }) => bytes > 0);
  if (query.grep === undefined && !isSplit) {
    const wanted = {
      lines: query.limit,
      since: query.since,
      run,
      stream: stream === 'stderr' ? stream : 'stdout',
    } as const;
    await sendOutput(parts, target, wanted, request, response, whenGone(response));
    return;
  }
  const lines = await pick(parts, target, query, whenGone(response));
  response.end(lines.map((line) => `${line.text}\n`).join(''));
}

async function pick(
  { logs, engine }: HttpParts,
  { worker, process: name }: LogTarget,
  query: LogsQuery,
  signal: AbortSignal,
): Promise<LogLine[]> {
  const lines = query.limit === 0 ? LINES_MAX : query.limit;
  const { grep, stream } = query;
  const among = {
    stream,
    signal,
    ...(query.since === undefined ? {} : { sinceMs: parseSince(query.since, engine.nowMs) }),
    ...(query.run === undefined ? {} : { run: query.run }),
  };
  if (grep === undefined) return logs.tail(worker, name, { ...among, lines });
  const newest: LogLine[] = [];
  for await (const { line, ...place } of logs.search([{ worker, process: name }], {
    ...among,
    pattern: grep,
    regex: true,
  })) {
    newest.push({ ...place, text: line });
    if (newest.length > lines) newest.shift();
  }
  return newest;
}

/** `[HH:MM:SS] [STDOUT] text`. Unless the process is split, both streams are one, in the order they were written. */
const seedLine = ({ atMs, stream, text: line }: LogLine): string => {
  const clock = atMs === null ? '--:--:--' : new Date(atMs).toTimeString().slice(0, 8);
  return `[${clock}] [${stream.toUpperCase()}] ${line}`;
};
