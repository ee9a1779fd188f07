/** /api/workers/<id>/logs and /api/remote-workers/<id>/logs: output as lines, as text, or cleared. Source: seed 002. */
import type { Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { LogLineBody } from '../../../protocol/http';
import { RunId } from '../../../protocol/ids';
import { LIMITS } from '../../../protocol/limits';
import { findProcess } from '../../core/processes/find';
import type { Process } from '../../core/model';
import type { LogLine } from '../../engine/log-store-port';
import { pipeTo, whenGone } from './pipe';
import { parseSince } from './since';
import { route, type HttpParts, type Route } from './route';

const LogsQuery = z.object({
  process: z.string().optional(),
  /** Lines, newest kept; 0 = all (text only). */
  limit: z.coerce.number().int().min(0).max(1_000_000).default(LIMITS.logLinesDefault),
  format: z.enum(['json', 'text']).default('json'),
  since: z.string().optional(),
  grep: z.string().max(1000).optional(),
  run: RunId.optional(),
});
type LogsQuery = z.output<typeof LogsQuery>;

export const workerLogRoutes = (parts: HttpParts): Route[] => [
  ...['/api/workers/:id/logs', '/api/remote-workers/:id/logs'].map((path) =>
    route({
      method: 'get',
      path,
      summary:
        'The newest lines of output ({logs: [...]}, 1000 unless `limit`); `format=text&limit=0` is the whole output, byte for byte',
      query: LogsQuery,
      handle: async ({ params, query, response }) => {
        const process = locate(parts, params.id ?? '', query.process ?? null);
        // The original answers an unknown remote worker with an empty list; its clients rely on it.
        if (process instanceof Refusal) {
          if (path.startsWith('/api/remote-workers')) return { logs: [] };
          throw process;
        }
        const signal = whenGone(response);
        if (query.format === 'text') return text(parts, process, query, signal, response);
        const lines = await pick(parts, process, query, signal);
        const type = parts.engine.workerView(process.worker)?.type === 'local' ? 'local' : 'remote';
        return { logs: lines.map(seedLine), type, lines };
      },
    }),
  ),
  route({
    method: 'post',
    path: '/api/workers/:id/logs',
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

async function text(
  parts: HttpParts,
  process: Process,
  query: LogsQuery,
  signal: AbortSignal,
  response: Response,
): Promise<undefined> {
  response.type('text/plain; charset=utf-8');
  if (query.limit === 0 && query.grep === undefined && query.since === undefined) {
    const { worker, name } = process;
    const stream =
      query.run === undefined
        ? parts.logs.readAll(worker, name)
        : parts.logs.read({ worker, process: name, run: query.run }).stream;
    await pipeTo(stream, response);
    return;
  }
  const lines = await pick(parts, process, query, signal);
  response.end(lines.map((line) => `${line.text}\n`).join(''));
}

async function pick(
  parts: HttpParts,
  { worker, name }: Process,
  query: LogsQuery,
  signal: AbortSignal,
): Promise<LogLine[]> {
  const lines = query.limit === 0 ? 1_000_000 : query.limit;
  const sinceMs = query.since === undefined ? null : parseSince(query.since, parts.engine.nowMs);
  const from = sinceMs === null ? null : await parts.logs.since(worker, name, sinceMs);
  if (sinceMs !== null && from === null) return [];
  if (query.grep !== undefined) {
    const newest: LogLine[] = [];
    const request = {
      pattern: query.grep,
      regex: true,
      limit: Number.MAX_SAFE_INTEGER,
      signal,
      ...(from === null ? {} : { from }),
      ...(query.run === undefined ? {} : { run: query.run }),
    };
    for await (const { run, offset, line } of parts.logs.search(worker, name, request)) {
      newest.push({ run, offset, text: line, atMs: null });
      if (newest.length > lines) newest.shift();
    }
    return newest;
  }
  return parts.logs.tail(worker, name, {
    lines,
    signal,
    ...(from === null ? {} : { notBefore: from }),
    ...(query.run === undefined ? {} : { run: query.run }),
  });
}

/** `[HH:MM:SS] [STDOUT] text`: stdout and stderr are one stream here, in the order they were written. */
const seedLine = ({ atMs, text: line }: LogLine): string => {
  const clock = atMs === null ? '--:--:--' : new Date(atMs).toTimeString().slice(0, 8);
  return `[${clock}] [STDOUT] ${line}`;
};
