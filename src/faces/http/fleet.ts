/** /api/processes and /api/nodes: the rows of the dashboard and the command line, and the timeline. */
import { z } from 'zod';
import { LIMITS } from '../../../protocol/limits';
import { EventView, ProcessView, WorkerView } from '../../../protocol/views';
import { route, type HttpParts, type Route } from './route';
import { streamEvents, wantsEvents } from './simpletuner-events';

const EVENTS_DEFAULT = 200;

const EventsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(LIMITS.eventsPageMax).default(EVENTS_DEFAULT),
  after: z.coerce.number().int().min(0).optional(),
  before: z.coerce.number().int().min(0).optional(),
  level: z.enum(['info', 'warning', 'error']).optional(),
  worker: z.string().optional(),
  process: z.string().optional(),
});

/** Its stream for SimpleTuner's pages is behind the same door. */
const EVENTS = { over: 'http', name: 'GET /api/events', permission: 'fleet.read' } as const;

export const fleetRoutes = (parts: HttpParts): Route[] => {
  const { engine, info } = parts;
  return [
    route({
      method: 'get',
      path: '/api/processes',
      permission: 'fleet.read',
      summary: 'Every process',
      reply: z.object({ processes: z.array(ProcessView) }),
      handle: () => ({
        processes: engine.read((model) => [...model.processes.keys()]).map((key) => engine.processView(key)),
      }),
    }),
    route({
      method: 'get',
      path: '/api/nodes',
      permission: 'fleet.read',
      summary: 'Every worker, with its machine',
      reply: z.object({ workers: z.array(WorkerView) }),
      handle: () => ({
        workers: engine.read((model) => [...model.workers.keys()]).map((id) => engine.workerView(id)),
        manager: info(),
      }),
    }),
    route({
      method: 'get',
      path: '/api/events',
      permission: 'fleet.read',
      summary:
        'The timeline, oldest first; `after` goes on from a seq, `before` pages back. With `Accept: text/event-stream` jobs, trainings and workers as they change, for pages of SimpleTuner',
      query: EventsQuery,
      reply: z.object({ events: z.array(EventView) }),
      handle: ({ query, headers, request, response, caller }) => {
        if (wantsEvents(headers.accept)) return streamEvents(parts, { request, response, caller, entry: EVENTS });
        const { limit, ...filters } = query;
        const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
        return { events: engine.events({ limit, ...given }) };
      },
    }),
  ];
};
