/** What people do with jobs that are there: cancel, try again, approve, put before others; one, or many by a filter. */
import { Refusal } from '../../../protocol/errors';
import { CancelBody, JobReply, ManyBody, ManyReply, PriorityBody } from '../../../protocol/jobs-http';
import type { JobFilter } from '../../../protocol/jobs-http';
import { LIMITS } from '../../../protocol/limits';
import type { Asker } from '../../../protocol/trust';
import { awaitedFirst } from '../../core/jobs/dependencies';
import { pageOf, searchOf } from '../../core/jobs/filter';
import { isOver, type Job } from '../../core/jobs/rows';
import { jobRow } from '../../core/jobs/view';
import { shownState } from '../../core/jobs/shown-state';
import type { HoldJob } from '../../core/jobs/words';
import type { Engine } from '../../engine/engine';
import { route, type HttpParts, type Route } from './route';

interface Who {
  readonly by: Asker;
  readonly holdJob: HoldJob;
}

export const jobControlRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'post',
    path: '/api/jobs/:id/cancel',
    permission: 'job.control',
    asksItself: true,
    summary: 'Takes a job out of the queue, or stops it; one that is over stays as it is',
    body: CancelBody,
    reply: JobReply,
    handle: async ({ params, body, by, holdJob }) =>
      told(engine, await cancel(engine, params.id ?? '', body.why, { by, holdJob })),
  }),
  route({
    method: 'post',
    path: '/api/jobs/:id/retry',
    permission: 'job.control',
    asksItself: true,
    summary: 'A failed or cancelled job goes back to the queue, with its whole budget of retries',
    reply: JobReply,
    handle: async ({ params, by, holdJob }) => told(engine, await retry(engine, params.id ?? '', { by, holdJob })),
  }),
  route({
    method: 'post',
    path: '/api/jobs/:id/approve',
    permission: 'job.control',
    asksItself: true,
    summary: 'Lets a job go that was submitted with `hold`',
    reply: JobReply,
    handle: async ({ params, by, holdJob: hold }) =>
      told(engine, await engine.submit({ kind: 'approveJob', id: params.id ?? '', by, hold })),
  }),
  route({
    method: 'post',
    path: '/api/jobs/:id/priority',
    permission: 'job.control',
    asksItself: true,
    summary: 'Moves a job in the queue: 1 is first, 10 is last',
    body: PriorityBody,
    reply: JobReply,
    handle: async ({ params, body: { priority }, by, holdJob: hold }) =>
      told(engine, await engine.submit({ kind: 'changeJob', id: params.id ?? '', priority, by, hold })),
  }),
  route({
    method: 'post',
    path: '/api/jobs/cancel',
    permission: 'job.control',
    asksItself: true,
    summary: 'Cancels jobs by `ids`, or by `filter` those that are not over; `dry_run` only names them',
    body: ManyBody,
    reply: ManyReply,
    handle: ({ body, by, holdJob }) =>
      forMany(
        engine,
        body,
        (job) => !isOver(job),
        (id) => cancel(engine, id, body.why, { by, holdJob }),
      ),
  }),
  route({
    method: 'post',
    path: '/api/jobs/retry',
    permission: 'job.control',
    asksItself: true,
    summary: 'Tries jobs again by `ids`, or by `filter` those that failed or were cancelled; `dry_run` only names them',
    body: ManyBody,
    reply: ManyReply,
    handle: ({ body, by, holdJob }) =>
      forMany(
        engine,
        body,
        isRetriable,
        (id) => retry(engine, id, { by, holdJob }),
        (ids) => engine.read(({ jobs }) => awaitedFirst(jobs, ids)),
      ),
  }),
];

const cancel = (engine: Engine, id: string, why: string, { by, holdJob: hold }: Who): Promise<Job> =>
  engine.submit({ kind: 'cancelJob', id, why, by, hold });
const retry = (engine: Engine, id: string, { by, holdJob: hold }: Who): Promise<Job> =>
  engine.submit({ kind: 'retryJob', id, by, hold });
const isRetriable = ({ state }: Job): boolean => state.kind === 'failed' || state.kind === 'cancelled';

/** As it is now: it may have been placed, or its end told, in the same turn. */
const told = (engine: Engine, { id, ...was }: Job): JobReply =>
  engine.read((model) => {
    const job = jobRow(model, model.jobs.job(id) ?? { id, ...was });
    return { success: true, message: `job ${id} is ${job.state}: ${job.why}`, job };
  });

/**
 * All in one turn: what is asked together is decided together.
 * @param turns whose turn is when; the results are in the order asked. Default: that too
 */
async function forMany(
  engine: Engine,
  {
    ids,
    filter = {},
    dry_run,
  }: { ids?: readonly string[] | undefined; filter?: JobFilter | undefined; dry_run: boolean },
  isMeant: (job: Job) => boolean,
  act: (id: string) => Promise<Job>,
  turns = (ids: readonly string[]): readonly string[] => [...new Set(ids)],
): Promise<ManyReply> {
  const chosen = ids ?? idsBy(engine, filter, isMeant);
  const results = dry_run
    ? chosen.map((id) => named(engine, id))
    : await inTurn(turns(chosen), chosen, (id) => done(engine, id, act));
  return { success: results.every(({ ok }) => ok), matched: chosen.length, results };
}

type Result = ManyReply['results'][number];

/** All are asked at once; one that comes twice is asked once. */
function inTurn(
  turns: readonly string[],
  chosen: readonly string[],
  ask: (id: string) => Promise<Result>,
): Promise<Result[]> {
  const asked = new Map(turns.map((id) => [id, ask(id)]));
  return Promise.all(chosen.map((id) => asked.get(id) ?? ask(id)));
}

function named(engine: Engine, id: string): Result {
  const job = engine.read(({ jobs }) => jobs.job(id));
  return job === null
    ? { job_id: id, ok: false, state: null, message: 'there is no such job', code: 'unknown_job' }
    : { job_id: id, ok: true, state: stateIn(engine, job), message: 'it is meant' };
}

async function done(engine: Engine, id: string, act: (id: string) => Promise<Job>): Promise<Result> {
  try {
    const { job } = told(engine, await act(id));
    return { job_id: id, ok: true, state: job.state, message: job.why };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const job = engine.read(({ jobs }) => jobs.job(id));
    const state = job === null ? null : stateIn(engine, job);
    return { job_id: id, ok: false, state, message: error.message, code: error.code };
  }
}

const stateIn = (engine: Engine, job: Job): Result['state'] => engine.read((model) => shownState(model, job));

/** However many pages it takes. */
function idsBy(engine: Engine, filter: JobFilter, isMeant: (job: Job) => boolean): string[] {
  const most = LIMITS.jobsPerSubmitMax;
  return engine.read((model) => {
    const search = searchOf(model, filter);
    if (search instanceof Refusal) throw search;
    const meant = { ...search, matches: (job: Job) => isMeant(job) && search.matches(job) };
    const ids: string[] = [];
    for (let after: number | null = null, isLast = false; !isLast; isLast = after === null) {
      const { jobs, next } = pageOf(model, meant, most + 1, after);
      ids.push(...jobs.map(({ id }) => id));
      after = next;
      if (ids.length > most)
        throw new Refusal(
          'bad_request',
          `the filter means more than ${most} jobs, the limit at once; narrow it. Nothing was done`,
        );
    }
    return ids;
  });
}
