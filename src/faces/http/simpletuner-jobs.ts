/** /api/cloud/jobs of SimpleTuner (seed 004): jobs, wherever they run, and what they wrote. */
import { Transform, type TransformCallback } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { spokesmanOf } from '../../core/jobs/deciding';
import type { Attempt, Job } from '../../core/jobs/rows';
import { positionOf, providerOf, simpleTunerStatus, unifiedJob } from '../../core/jobs/simpletuner-entry';
import { TextLines } from '../text-lines';
import { findJob } from './job';
import { linesOf } from './job-log-lines';
import { followAttempt, followed } from './job-log-follow';
import { pipeTo, whenGone, whileWelcome } from './pipe';
import { route, type HttpParts, type Route } from './route';

const ListJobs = z.object({
  status: z.string().optional(),
  job_type: z.enum(['local', 'cloud']).optional(),
  provider: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).default(0),
});
const LOG_LINES = 1000;
const WHOLE = { limit: LOG_LINES, since: undefined, grep: undefined, stream: 'both' } as const;

export const simpleTunerJobRoutes = (parts: HttpParts): Route[] => {
  const { engine } = parts;
  return [
    route({
      method: 'get',
      path: '/api/cloud/jobs',
      permission: 'fleet.read',
      summary: 'SimpleTuner: jobs, newest first',
      query: ListJobs,
      handle: ({ query }) => {
        const found = matching(parts, query);
        const page = found.slice(query.offset, query.offset + query.limit);
        return { jobs: engine.read((model) => page.map((job) => unifiedJob(model, job, 0))), total: found.length };
      },
    }),
    route({
      method: 'get',
      path: '/api/cloud/jobs/:id',
      permission: 'fleet.read',
      summary: 'SimpleTuner: one job',
      handle: ({ params }) => {
        const job = findJob(engine, params.id ?? '');
        return engine.read((model) => {
          const position = positionOf(model, job, engine.settings, engine.nowMs);
          return { job: unifiedJob(model, job, position) };
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/cloud/jobs/:id/logs',
      permission: 'logs.read',
      summary: 'SimpleTuner: the newest lines that a job wrote, as one text',
      handle: async ({ params, response }) => {
        const job = findJob(engine, params.id ?? '');
        const attempt = newestOf(parts, job);
        const lines = attempt === null ? [] : await linesOf(parts, attempt, WHOLE, whenGone(response));
        return { job_id: job.id, logs: lines.map(({ text }) => text).join('\n') };
      },
    }),
    route({
      method: 'get',
      path: '/api/cloud/jobs/:id/logs/stream',
      permission: 'logs.read',
      summary: 'SimpleTuner: what a job writes, line by line as server-sent events; `done` is the last',
      replyType: 'text/event-stream',
      handle: async ({ params, response }) => {
        await streamLogs(parts, findJob(engine, params.id ?? ''), response);
        return undefined;
      },
    }),
    route({
      method: 'post',
      path: '/api/cloud/jobs/:id/cancel',
      permission: 'job.control',
      asksItself: true,
      summary: 'SimpleTuner: cancels a job that is not over',
      body: z.looseObject({}),
      handle: async ({ params, by, holdJob: hold }) => {
        const { id, state } = findJob(engine, params.id ?? '');
        if (state.kind === 'completed' || state.kind === 'failed')
          throw new Refusal('job_state', `job ${id} is ${state.kind}; only one that is not over is cancelled`);
        await engine.submit({ kind: 'cancelJob', id, why: '', by, hold });
        return { success: true, job_id: id, status: 'cancelled' };
      },
    }),
  ];
};

function matching({ engine }: HttpParts, { status, job_type, provider }: z.output<typeof ListJobs>): Job[] {
  return engine.read((model) =>
    [...model.jobs.newestFirst()].filter((job) => {
      const own = providerOf(model, job);
      return (
        (status === undefined || simpleTunerStatus(model, job) === status) &&
        (job_type === undefined || (job_type === 'local') === (own === 'local')) &&
        (provider === undefined || provider === own)
      );
    }),
  );
}

const newestOf = ({ engine }: HttpParts, job: Job): Attempt | null =>
  engine.read(({ jobs }) => spokesmanOf(jobs.attemptsOf(job.id)));

/** As it is written, to the end of the attempt that is under way, or that comes next. */
async function streamLogs(parts: HttpParts, job: Job, response: Response): Promise<void> {
  const signal = whileWelcome(parts, response);
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
  const { engine } = parts;
  const status = (): string => engine.read((model) => simpleTunerStatus(model, findJob(engine, job.id)));
  const events = new EventLines(() => (signal.aborted ? null : status()));
  const sent = pipeTo(events, response);
  const attempt = await followed(engine, job, {}, signal);
  if (attempt === null) events.end();
  else await followAttempt(parts, attempt, { limit: 0 }, events, signal);
  await sent;
}

/** Bytes come in, and each whole line goes out as an event; `done` is the last, unless the answer was cut short. */
class EventLines extends Transform {
  readonly #lines = new TextLines();
  readonly #text = new StringDecoder('utf8');

  constructor(private readonly statusAtEnd: () => string | null) {
    super();
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (const line of this.#lines.take(this.#text.write(bytes))) this.push(eventOf(line));
    done();
  }

  override _flush(done: TransformCallback): void {
    const status = this.statusAtEnd();
    if (status !== null) {
      if (this.#lines.rest !== '') this.push(eventOf(this.#lines.rest));
      this.push(`event: done\ndata: ${status}\n\n`);
    }
    done();
  }
}

/** A carriage return ends a line of an event stream too: what stands behind it would be another field, or another event. */
const eventOf = (line: string): string => `data: ${line.replace(/\r$/, '').replaceAll('\r', '\ndata: ')}\n\n`;
