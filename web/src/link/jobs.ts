/** Jobs: read, explained, submitted, cancelled, tried again. */
import type { JobExplanation } from '../../../protocol/job-explain';
import type { JobStats, JobView } from '../../../protocol/job-views';
import type {
  JobBody,
  JobFilter,
  JobLogsReply,
  JobReply,
  JobSort,
  ListReply,
  ManyReply,
  SubmitReply,
  TemplateRow,
  TemplatesReply,
  TemplateSubmission,
} from '../../../protocol/jobs-http';
import { segment } from './address';
import { ask, post } from './ask';

const one = (id: string, what = ''): string => `jobs/${segment(id)}${what}`;

export interface JobsPage {
  readonly sort: JobSort;
  readonly limit: number;
  /** `next` of the page before; null = the newest. */
  readonly after: number | null;
}

export function readJobs(filter: JobFilter, { sort, limit, after }: JobsPage, signal: AbortSignal): Promise<ListReply> {
  const query = new URLSearchParams();
  for (const [word, value] of Object.entries(filter)) if (value !== undefined) query.set(word, value);
  query.set('sort', sort);
  query.set('limit', String(limit));
  if (after !== null) query.set('after', String(after));
  return ask(`jobs?${query}`, { signal });
}
export const readJob = (id: string, signal: AbortSignal): Promise<JobView> => ask(one(id), { signal });
export const readJobStats = (signal: AbortSignal): Promise<JobStats> => ask('jobs/stats', { signal });
export const explainJob = (id: string, signal: AbortSignal): Promise<JobExplanation> =>
  ask(one(id, '/explain'), { signal });
/** Output that is kept with the job. */
export const readJobLines = (id: string, attempt: string, signal: AbortSignal): Promise<JobLogsReply> =>
  ask(one(id, `/logs?${new URLSearchParams({ attempt, limit: '5000' })}`), { signal });

/** Named jobs that the manager has. */
export const readTemplates = async (signal: AbortSignal): Promise<readonly TemplateRow[]> =>
  (await ask<TemplatesReply>('jobs/templates', { signal })).templates;

export const submitJob = (body: JobBody | TemplateSubmission): Promise<SubmitReply> => post('jobs', body);
export const cancelJob = (id: string, why: string): Promise<JobReply> => post(one(id, '/cancel'), { why });
export const retryJob = (id: string): Promise<JobReply> => post(one(id, '/retry'), {});
/** @param isAsked only names those that are meant */
export const retryJobs = (filter: JobFilter, isAsked: boolean): Promise<ManyReply> =>
  post('jobs/retry', { filter, dry_run: isAsked });
export const approveJob = (id: string): Promise<JobReply> => post(one(id, '/approve'), {});
export const setPriority = (id: string, priority: number): Promise<JobReply> =>
  post(one(id, '/priority'), { priority });
