/** /api/processes and /api/nodes: the rows of the dashboard and the command line, and the timeline. */
import { z } from 'zod';
import { LIMITS } from '../../../protocol/limits';
import { EventView, ProcessView, WorkerView } from '../../../protocol/views';
import { route, type HttpParts, type Route } from './route';

const EVENTS_DEFAULT = 200;

const EventsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(LIMITS.eventsPageMax).default(EVENTS_DEFAULT),
  after: z.coerce.number().int().min(0).optional(),
  before: z.coerce.number().int().min(0).optional(),
  level: z.enum(['info', 'warning', 'error']).optional(),
  worker: z.string().optional(),
  process: z.string().optional(),
});

export const fleetRoutes = ({ engine, info }: HttpParts): Route[] => [
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
    summary: 'The timeline, oldest first; `after` goes on from a seq, `before` pages back',
    query: EventsQuery,
    reply: z.object({ events: z.array(EventView) }),
    handle: ({ query }) => {
      const { limit, ...filters } = query;
      const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
      return { events: engine.events({ limit, ...given }) };
    },
  }),
];
