/** /api/jobs: what is submitted, and lists of it. One job's own routes: job.ts, job-control.ts, job-logs.ts. */
import type { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { JobStats } from '../../../protocol/job-views';
import {
  JobBody,
  ListQuery,
  ListReply,
  SubmitBody,
  SubmitManyBody,
  SubmitReply,
  TemplateSubmission,
  type JobSubmission,
} from '../../../protocol/jobs-http';
import { LIMITS } from '../../../protocol/limits';
import { pageOf, searchOf } from '../../core/jobs/filter';
import { placeOfNewest } from '../../core/jobs/place';
import { NO_META, type Job } from '../../core/jobs/rows';
import { shownState, whyOf } from '../../core/jobs/shown-state';
import { sortedPage } from '../../core/jobs/sorting';
import { jobStats } from '../../core/jobs/stats';
import { jobRow } from '../../core/jobs/view';
import { neverRuns } from '../../core/jobs/never-runs';
import type { JobReplies } from '../../core/jobs/words';
import type { Engine } from '../../engine/engine';
import { findJob } from './job';
import { submissionOf } from './job-from-template';
import { newJobs } from './job-submission';
import { route, straightRoute, type Asked, type HttpParts, type Route } from './route';

export function jobsRoutes(parts: HttpParts): Route[] {
  return [
    straightRoute({
      method: 'post',
      path: '/api/jobs',
      permission: 'job.submit',
      asksItself: true,
      summary:
        'Submits a job, an array or a sweep of it, a named one (`template`, with `parameters` and words laid over it), or `{jobs: [...]}`, all or none; the header Idempotency-Key makes a repeat the same submission',
      body: SubmitBody,
      branchOf: (body) => (has(body, 'jobs') ? SubmitManyBody : has(body, 'template') ? TemplateSubmission : JobBody),
      bodyBytesMax: LIMITS.jobsBodyBytesMax,
      reply: SubmitReply,
      handle: (asked) => submit(parts, asked),
    }),
    route({
      method: 'get',
      path: '/api/jobs',
      permission: 'fleet.read',
      summary:
        'Jobs by state, owner, queue, label, worker, name, array or a text in them, newest first or by `sort`; `next` is `after` of the next page',
      query: ListQuery,
      reply: ListReply,
      handle: ({ query: { limit, after = null, sort, ...filter } }) =>
        parts.engine.read((model) => {
          const search = searchOf(model, filter);
          if (search instanceof Refusal) throw search;
          const page =
            sort === '-submitted'
              ? pageOf(model, search, limit, after)
              : sortedPage(model, search, { sort, limit, after, nowMs: parts.engine.nowMs });
          if (page instanceof Refusal) throw page;
          return { jobs: page.jobs.map((job) => jobRow(model, job)), next: page.next };
        }),
    }),
    route({
      method: 'get',
      path: '/api/jobs/stats',
      permission: 'fleet.read',
      summary: 'The queue in figures: jobs by state, queue and owner, how long they waited and ran, slots and devices',
      reply: JobStats,
      handle: () => ({
        ...parts.engine.read((model) => jobStats(model, parts.engine.settings)),
        wait: parts.jobFigures.wait,
        run: parts.jobFigures.run,
        outcomes: parts.jobFigures.outcomes,
      }),
    }),
  ];
}

const has = (body: unknown, word: string): boolean =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, word);

async function submit(
  { engine, newJobId, templates }: HttpParts,
  { body, by, headers, holdJob }: Asked<z.output<typeof SubmitBody>, unknown>,
): Promise<SubmitReply> {
  const named = 'template' in body ? await submissionOf(templates, body) : null;
  const asked = named === null ? asWritten(body as Written) : [named.body];
  const owner = by.name;
  const jobs = newJobs(asked, {
    nowMs: engine.nowMs,
    owner,
    newId: newJobId,
    secretNames: engine.settings.secretNames,
    key: keyOf(headers['idempotency-key']),
    meta: named?.meta ?? NO_META,
    filled: named?.filled ?? null,
    likeOf: (id) => {
      const like = findJob(engine, id);
      // Whoever may not see a secret must not be able to have it printed.
      const refusal = like.owner === owner ? null : holdJob({});
      if (refusal !== null) throw refusal;
      return like.spec;
    },
  });
  const submitted = await engine.submit({ kind: 'submitJobs', jobs, via: 'procguard', owner, by, hold: holdJob });
  return replyOf(engine, submitted);
}

type Written = { readonly jobs: readonly JobSubmission[] } | JobSubmission;
const asWritten = (body: Written): readonly JobSubmission[] => ('jobs' in body ? body.jobs : [body]);

/** As they are now: some may have been placed in the same turn. */
function replyOf(engine: Engine, submitted: JobReplies['submitJobs']): SubmitReply {
  return engine.read((model) => {
    const rows = submitted.map(({ job, isNew }) => ({ job: model.jobs.job(job.id) ?? job, isNew }));
    const [first] = rows;
    if (first === undefined) throw new Error('a submission without a job was accepted');
    return {
      success: true,
      job_id: first.job.id,
      state: shownState(model, first.job),
      place: first.isNew ? placeOfNewest(model, first.job, rows.length) : null,
      array_id: first.job.spec.array?.id ?? null,
      jobs: rows.map(({ job, isNew }) => ({
        job_id: job.id,
        state: shownState(model, job),
        why: whyOf(model, job),
        is_new: isNew,
      })),
      warnings: neverRuns(
        model,
        rows.filter(isFresh).map(({ job }) => job),
        engine.settings,
      ),
    };
  });
}

const isFresh = ({ isNew }: { readonly job: Job; readonly isNew: boolean }): boolean => isNew;

function keyOf(header: string | string[] | undefined): string | null {
  const key = Array.isArray(header) ? header[0] : header;
  if (key === undefined || key === '') return null;
  if (key.length <= LIMITS.nameCharsMax) return key;
  throw new Refusal('bad_request', `the header Idempotency-Key is longer than ${LIMITS.nameCharsMax} characters`);
}
