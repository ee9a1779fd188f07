/** Usage over time, of processes and machines, for charts. */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { UsageReply } from '../../../protocol/http';
import type { ProcessName, WorkerId } from '../../../protocol/ids';
import { findProcess, unknownWorker } from '../../core/processes/find';
import { route, type HttpParts, type Route } from './route';
import { parseSince } from './since';

const Since = z.object({ since: z.string().default('5m') });

export const usageRoutes = (parts: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/usage/machines/:id',
    permission: 'fleet.read',
    summary:
      'CPU, memory and GPUs of a machine since a time (`since`: 5m, 3h, 2w; default 5m), in 1 s, 10 s or 5 min steps',
    query: Since,
    reply: UsageReply,
    handle: ({ params, query }) => {
      const id = (params.id ?? '') as WorkerId;
      const isKnown = parts.engine.read((model) => model.workers.has(id));
      if (!isKnown) throw parts.engine.read((model) => unknownWorker(model, id));
      return read(parts, id, null, query.since);
    },
  }),
  route({
    method: 'get',
    path: '/api/usage/processes/:id',
    permission: 'fleet.read',
    summary:
      'CPU, memory, disk traffic, open files and GPUs of a process tree since a time, in 1 s, 10 s or 5 min steps; `id` as in /api/workers',
    query: Since.extend({ process: z.string().optional() }),
    reply: UsageReply,
    handle: ({ params, query }) => {
      const found = parts.engine.read((model) => findProcess(model, params.id ?? '', query.process ?? null));
      if (found instanceof Refusal) throw found;
      return read(parts, found.worker, found.name, query.since);
    },
  }),
];

async function read(
  { engine, usage }: HttpParts,
  worker: WorkerId,
  process: ProcessName | null,
  since: string,
): Promise<z.input<typeof UsageReply>> {
  const { fromMs, stepMs, figures } = await usage.read(worker, process, parseSince(since, engine.nowMs), engine.nowMs);
  return { from_ms: fromMs, step_ms: stepMs, figures };
}
