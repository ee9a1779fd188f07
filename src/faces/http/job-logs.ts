/** /api/jobs/<id>/logs: a job's output, of its newest attempt or of another, wherever it is kept. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { attemptProcess } from '../../../protocol/jobs';
import { JobLogsQuery, JobLogsReply } from '../../../protocol/jobs-http';
import { spokesmanOf } from '../../core/jobs/deciding';
import type { Attempt, Job } from '../../core/jobs/rows';
import type { Engine } from '../../engine/engine';
import { findJob } from './job';
import { followAttempt, followed } from './job-log-follow';
import { linesOf } from './job-log-lines';
import { sendOutput } from './send-output';
import { whenGone, whileWelcome } from './pipe';
import { route, type HttpParts, type Route } from './route';

type LogsQuery = z.output<typeof JobLogsQuery>;

export const jobLogRoutes = (parts: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/jobs/:id/logs',
    permission: 'logs.read',
    summary:
      'The newest lines of a job’s output (1000 unless `limit`), of its newest attempt (of several nodes: of the one that decided, else of the first) unless `attempt` names one; `format=text` is the same byte for byte, with `limit=0` the whole output; `format=text&follow=1` goes on until the attempt has ended',
    query: JobLogsQuery,
    reply: JobLogsReply,
    handle: async ({ params, query, request, response }) => {
      const { engine } = parts;
      if (query.follow && query.format !== 'text')
        throw new Refusal('bad_request', 'follow is for format=text: an answer in JSON has an end');
      const job = findJob(engine, params.id ?? '');
      const signal = query.follow ? whileWelcome(parts, response) : whenGone(response);
      // One that is not there would be waited for.
      if (query.attempt !== undefined) attemptOf(engine, job, query);
      const attempt = query.follow ? await followed(engine, job, query, signal) : attemptOf(engine, job, query);
      if (signal.reason instanceof Refusal) throw signal.reason;
      if (query.format === 'text') return sendText(parts, attempt, query, request, response, signal);
      const lines = attempt === null ? [] : await linesOf(parts, attempt, query, signal);
      return { job_id: job.id, attempt_id: attempt?.id ?? null, lines };
    },
  }),
];

/** Null = it has not been tried yet. @throws Refusal unknown_run */
function attemptOf(engine: Engine, job: Job, { attempt: id }: LogsQuery): Attempt | null {
  const tries = engine.read(({ jobs }) => jobs.attemptsOf(job.id));
  if (id === undefined) return spokesmanOf(tries);
  const attempt = tries.find((one) => one.id === id);
  if (attempt !== undefined) return attempt;
  const known = tries.map((one) => one.id).join(', ');
  throw new Refusal(
    'unknown_run',
    `job ${job.id} has no attempt ${id}; ${known === '' ? 'it was not tried yet' : `known: ${known}`}`,
  );
}

async function sendText(
  parts: HttpParts,
  attempt: Attempt | null,
  query: LogsQuery,
  request: Request,
  response: Response,
  signal: AbortSignal,
): Promise<undefined> {
  response.type('text/plain; charset=utf-8');
  if (attempt === null) response.end();
  else if (query.follow) await followAttempt(parts, attempt, query, response, signal);
  else if (isAsWritten(query) && attempt.output === null && attempt.run !== null)
    await sendOutput(
      parts,
      { worker: attempt.worker, process: attemptProcess(attempt.id) },
      { lines: query.limit, since: query.since, run: attempt.run, stream: 'stdout' },
      request,
      response,
      signal,
    );
  else {
    const lines = await linesOf(parts, attempt, query, signal);
    response.end(lines.map(({ text }) => `${text}\n`).join(''));
  }
  return undefined;
}

const isAsWritten = ({ grep, stream }: LogsQuery): boolean => grep === undefined && stream === 'both';
