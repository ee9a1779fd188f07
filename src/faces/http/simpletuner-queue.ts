/** SimpleTuner's queue (seed 004): the same jobs under its names, its states, and its order of priorities. */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import {
  fromTheirs,
  THEIR_PRIORITY_DEFAULT,
  THEIR_PRIORITY_MAX,
  toTheirs,
} from '../../../protocol/simpletuner-priority';
import { isOver, type Job } from '../../core/jobs/rows';
import type { Model } from '../../core/model';
import { positionOf, queueEntry, simpleTunerStatus } from '../../core/jobs/simpletuner-entry';
import { concurrencyOf, queueStats } from '../../core/jobs/simpletuner-stats';
import type { Engine } from '../../engine/engine';
import { findJob } from './job';
import { route, type HttpParts, type Route } from './route';
import { SubmitConfig, submitConfig } from './simpletuner-submit';

const DAY_MS = 86_400_000;
const Nothing = z.looseObject({});
const ListQueue = z.object({
  status: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).default(0),
  include_completed: z.enum(['true', 'false', '1', '0']).default('false'),
});
const AtOnce = z.number().int().min(1).max(100_000).nullish();
/** Ours: null takes a limit away. */
const Concurrency = z.looseObject({
  max_concurrent: AtOnce,
  user_max_concurrent: AtOnce,
  team_max_concurrent: AtOnce,
});
const SCOPES = {
  max_concurrent: 'all',
  user_max_concurrent: 'user:*',
  team_max_concurrent: 'label:team=*',
} as const;

export const simpleTunerQueueRoutes = (parts: HttpParts): Route[] => [
  ...reading(parts),
  ...doing(parts),
  ...keeping(parts),
];

const reading = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/queue',
    permission: 'fleet.read',
    summary:
      'SimpleTuner: entries of the queue in the order in which they go; `include_completed` for those that are over too',
    query: ListQueue,
    handle: ({ query }) => list(engine, query),
  }),
  route({
    method: 'get',
    path: '/api/queue/stats',
    permission: 'fleet.read',
    summary: 'SimpleTuner: the queue and its workers in figures',
    handle: () => engine.read((model) => queueStats(model, engine.nowMs)),
  }),
  route({
    method: 'get',
    path: '/api/queue/me',
    permission: 'fleet.read',
    summary: 'SimpleTuner: what of the queue is of who asks',
    handle: ({ by }) => ofUser(engine, by.name),
  }),
  route({
    method: 'get',
    path: '/api/queue/user/:id',
    permission: 'fleet.read',
    summary: 'SimpleTuner: what of the queue is of a user',
    handle: ({ params }) => ofUser(engine, params.id ?? ''),
  }),
  route({
    method: 'get',
    path: '/api/queue/position/:id',
    permission: 'fleet.read',
    summary: 'SimpleTuner: the place of a job in the queue; 0 = it waits no more',
    handle: ({ params }) => {
      const job = findJob(engine, params.id ?? '');
      return engine.read((model) => ({
        job_id: job.id,
        position: positionOf(model, job, engine.settings, engine.nowMs),
        status: simpleTunerStatus(model, job),
        priority: toTheirs(job.spec.priority),
        queue_depth: model.jobs.queue.length,
        estimated_wait_seconds: null,
      }));
    },
  }),
  route({
    method: 'get',
    path: '/api/queue/concurrency',
    permission: 'fleet.read',
    summary: 'SimpleTuner: how many jobs may run at once; null = as many as there is room for',
    handle: () => engine.read(concurrencyOf),
  }),
];

const doing = (parts: HttpParts): Route[] => {
  const { engine } = parts;
  return [
    route({
      method: 'post',
      path: '/api/queue/submit',
      permission: 'job.submit',
      asksItself: true,
      summary: 'SimpleTuner: submits a named job (configs/jobs); what is refused is answered with `success: false`',
      body: SubmitConfig,
      handle: ({ body, by, holdJob }) => submitConfig(parts, body, { by, holdJob }),
    }),
    route({
      method: 'post',
      path: '/api/queue/:id/cancel',
      permission: 'job.control',
      asksItself: true,
      summary: 'SimpleTuner: takes a job out of the queue, or stops it',
      body: Nothing,
      handle: async ({ params, by, holdJob: hold }) => {
        const job = await engine.submit({ kind: 'cancelJob', id: params.id ?? '', why: '', by, hold });
        return { success: true, job_id: job.id };
      },
    }),
    route({
      method: 'post',
      path: '/api/queue/:id/approve',
      permission: 'job.control',
      asksItself: true,
      summary: 'SimpleTuner: lets a job go that waits for approval',
      body: Nothing,
      handle: async ({ params, by, holdJob: hold }) => {
        const job = await engine.submit({ kind: 'approveJob', id: params.id ?? '', by, hold });
        return { success: true, job_id: job.id, approved_by: by.name };
      },
    }),
    route({
      method: 'post',
      path: '/api/queue/:id/reject',
      permission: 'job.control',
      asksItself: true,
      summary: 'SimpleTuner: refuses a job that waits for approval',
      query: z.object({ reason: z.string().min(1).max(1000) }),
      body: Nothing,
      handle: async ({ params, query: { reason }, by, holdJob: hold }) => {
        const { id, state } = findJob(engine, params.id ?? '');
        if (state.kind !== 'waiting' || state.for !== 'approval')
          throw new Refusal('job_state', `job ${id} waits for no approval: it is ${state.kind}`);
        await engine.submit({ kind: 'cancelJob', id, why: `rejected: ${reason}`, by, hold });
        return { success: true, job_id: id, rejected_by: by.name, reason };
      },
    }),
    route({
      method: 'post',
      path: '/api/queue/:id/priority',
      permission: 'job.control',
      asksItself: true,
      summary: 'SimpleTuner: moves a job in the queue: 50 is first, 0 is last; null = as by default',
      body: z.looseObject({ priority: z.number().int().min(0).max(THEIR_PRIORITY_MAX).nullish() }),
      handle: async ({ params, body, by, holdJob: hold }) => {
        const id = params.id ?? '';
        const before = toTheirs(findJob(engine, id).spec.priority);
        const theirs = body.priority ?? null;
        const priority = fromTheirs(theirs ?? THEIR_PRIORITY_DEFAULT);
        const { spec } = await engine.submit({ kind: 'changeJob', id, priority, by, hold });
        return {
          success: true,
          job_id: id,
          previous_effective_priority: before,
          new_effective_priority: toTheirs(spec.priority),
          priority_override: theirs,
        };
      },
    }),
  ];
};

const keeping = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'post',
    path: '/api/queue/concurrency',
    permission: 'job.control',
    summary: 'SimpleTuner: sets how many jobs may run at once: all, of each user, of each team (label `team`)',
    body: Concurrency,
    handle: async ({ body, by }) => {
      for (const [word, scope] of Object.entries(SCOPES) as [keyof typeof SCOPES, string][]) {
        const max = body[word];
        if (max !== undefined) await engine.submit({ kind: 'setJobLimit', scope, max, by });
      }
      return { success: true, ...engine.read(concurrencyOf) };
    },
  }),
  route({
    method: 'post',
    path: '/api/queue/process',
    permission: 'job.control',
    summary: 'SimpleTuner: looks for room at once, which is done all the time anyway',
    body: Nothing,
    handle: async () => {
      const before = engine.read(queuedIds);
      await engine.submit({ kind: 'match' });
      const still = new Set(engine.read(queuedIds));
      const started = before.filter((id) => !still.has(id));
      return { success: true, dispatched: started.length, job_ids: started };
    },
  }),
  route({
    method: 'post',
    path: '/api/queue/cleanup',
    permission: 'job.control',
    summary: 'SimpleTuner: forgets jobs that have been over for so many days (30)',
    query: z.object({ days: z.coerce.number().min(0).max(36_500).default(30) }),
    body: Nothing,
    handle: async ({ query: { days }, by }) => {
      const overBeforeMs = engine.nowMs - days * DAY_MS;
      const { forgotten } = await engine.submit({ kind: 'forgetJobs', overBeforeMs, by });
      return { success: true, deleted: forgotten, days };
    },
  }),
];

const queuedIds = ({ jobs }: Model): string[] => [...jobs.queue.lines].flatMap((line) => [...line].map(({ id }) => id));

function list(engine: Engine, { status, limit, offset, include_completed }: z.output<typeof ListQueue>): object {
  const isWithOver = include_completed === 'true' || include_completed === '1';
  return engine.read((model) => {
    const found = [...model.jobs.all.values()].filter((job) =>
      status === undefined ? isWithOver || !isOver(job) : simpleTunerStatus(model, job) === status,
    );
    const rows = found
      .sort(asTheyGo)
      .map(withPosition())
      .slice(offset, offset + limit);
    return {
      entries: rows.map(([job, position]) => queueEntry(model, job, position)),
      total: found.length,
      total_pending: model.jobs.count('queued') + model.jobs.count('waiting'),
      total_running: model.jobs.count('active'),
    };
  });
}

/** Running ones first, then those that wait in their order, then those that are over, the newest first. */
const asTheyGo = (a: Job, b: Job): number =>
  RANK[a.state.kind] - RANK[b.state.kind] ||
  (isOver(a) ? b.sinceMs - a.sinceMs : a.spec.priority - b.spec.priority || a.order - b.order);
const RANK: Readonly<Record<Job['state']['kind'], number>> = {
  active: 0,
  queued: 1,
  waiting: 2,
  completed: 3,
  failed: 3,
  cancelled: 3,
};

/** Counts along those that are queued, in their order. */
function withPosition(): (job: Job) => [Job, number] {
  let queued = 0;
  return (job) => [job, job.state.kind === 'queued' ? ++queued : 0];
}

const ofUser = (engine: Engine, user: string): object =>
  engine.read((model) => {
    const live = [...model.jobs.all.values()].filter((job) => !isOver(job)).sort(asTheyGo);
    const own = live.map(withPosition()).filter(([{ owner }]) => owner === user);
    const entries = own.map(([job, position]) => queueEntry(model, job, position));
    const of = (status: string) => entries.filter((entry) => entry.status === status);
    const places = entries.map(({ position }) => position).filter((position) => position > 0);
    return {
      user_id: user,
      pending_count: of('pending').length,
      running_count: of('running').length,
      blocked_count: of('blocked').length,
      best_position: places.length === 0 ? null : Math.min(...places),
      pending_jobs: of('pending'),
      running_jobs: of('running'),
    };
  });
