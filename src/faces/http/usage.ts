/** Usage over time, of processes and machines, for charts. */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { UsageReply } from '../../../protocol/http';
import type { ProcessName, WorkerId } from '../../../protocol/ids';
import { attemptIn, attemptProcess } from '../../../protocol/jobs';
import type { Model, Process } from '../../core/model';
import { findProcess, unknownWorker } from '../../core/processes/find';
import { route, type HttpParts, type Route } from './route';
import { parseSince } from './since';

const Span = z.object({ since: z.string().default('5m'), until: z.string().optional() });

export const usageRoutes = (parts: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/usage/machines/:id',
    permission: 'fleet.read',
    summary:
      'CPU, memory and GPUs of a machine since a time (`since`: 5m, 3h, 2w; default 5m), in 1 s, 10 s or 5 min steps',
    query: Span,
    reply: UsageReply,
    handle: ({ params, query }) => {
      const id = (params.id ?? '') as WorkerId;
      const isKnown = parts.engine.read((model) => model.workers.has(id));
      if (!isKnown) throw parts.engine.read((model) => unknownWorker(model, id));
      return read(parts, id, null, query);
    },
  }),
  route({
    method: 'get',
    path: '/api/usage/processes/:id',
    permission: 'fleet.read',
    summary:
      'CPU, memory, disk traffic, open files and GPUs of a process tree since a time (and `until` another), in 1 s, 10 s or 5 min steps; `id` as in /api/workers; `process` may be a job’s attempt (`job.<attempt>`)',
    query: Span.extend({ process: z.string().optional() }),
    reply: UsageReply,
    handle: ({ params, query }) => {
      const { id = '' } = params;
      const found = parts.engine.read(
        (model) => findAttempt(model, id, query.process) ?? findProcess(model, id, query.process ?? null),
      );
      if (found instanceof Refusal) throw found;
      return read(parts, found.worker, found.name, query);
    },
  }),
];

/** An attempt is no process of the table, and is sampled as one. */
function findAttempt({ jobs }: Model, worker: string, process = ''): Pick<Process, 'worker' | 'name'> | null {
  const attempt = jobs.attempt(attemptIn(process as ProcessName) ?? '');
  return attempt === null || attempt.worker !== worker
    ? null
    : { worker: attempt.worker, name: attemptProcess(attempt.id) };
}

async function read(
  { engine, usage }: HttpParts,
  worker: WorkerId,
  process: ProcessName | null,
  { since, until }: z.output<typeof Span>,
): Promise<z.input<typeof UsageReply>> {
  const untilMs = until === undefined ? engine.nowMs : Math.min(engine.nowMs, parseSince(until, engine.nowMs));
  const { fromMs, stepMs, figures } = await usage.read(worker, process, parseSince(since, engine.nowMs), untilMs);
  return { from_ms: fromMs, step_ms: stepMs, figures };
}
