/** Pages of jobs in an order other than newest first (protocol/jobs-http.ts, JOB_SORTS). */
import { Refusal } from '../../../protocol/errors';
import type { JobSort } from '../../../protocol/jobs-http';
import type { Model } from '../model';
import { activeBefore, type Page, type Search } from './filter';
import type { Attempt, Job } from './rows';
import { endedAtMs } from './run-time';

/** More are not put in order while everybody waits. */
const SORTED_MAX = 100_000;

/**
 * @param after of the page before: how many came before this one
 * @returns Refusal bad_request: there are too many
 */
export function sortedPage(
  model: Model,
  { matches, isOfActive }: Search,
  {
    sort,
    limit,
    after,
    nowMs,
  }: {
    readonly sort: JobSort;
    readonly limit: number;
    readonly after: number | null;
    readonly nowMs: number;
  },
): Page | Refusal {
  const candidates = isOfActive ? activeBefore(model, Infinity) : model.jobs.newestFirst();
  if (!isOfActive && model.jobs.all.size > SORTED_MAX)
    return new Refusal(
      'bad_request',
      `sort=${sort} puts at most ${SORTED_MAX} jobs in order, and there are ${model.jobs.all.size}; ask newest first (no sort), or for those that are active (state=active)`,
    );
  const measure = measureOf(model, sort.replace('-', ''), nowMs);
  const sign = sort.startsWith('-') ? -1 : 1;
  const found: { readonly job: Job; readonly value: number | null }[] = [];
  for (const job of candidates) if (matches(job)) found.push({ job, value: measure(job) });
  found.sort(
    (a, b) =>
      Number(a.value === null) - Number(b.value === null) ||
      sign * ((a.value ?? 0) - (b.value ?? 0)) ||
      sign * (a.job.order - b.job.order),
  );
  const from = after ?? 0;
  const to = from + limit;
  return { jobs: found.slice(from, to).map(({ job }) => job), next: to < found.length ? to : null };
}

/** Null = it has none yet. */
function measureOf({ jobs }: Model, by: string, nowMs: number): (job: Job) => number | null {
  const newest = ({ lastAttempt }: Job): Attempt | null => (lastAttempt === null ? null : jobs.attempt(lastAttempt));
  switch (by) {
    case 'priority':
      return ({ spec }) => spec.priority;
    case 'started':
      return (job) => newest(job)?.startedAtMs ?? null;
    case 'duration':
      return (job) => {
        const attempt = newest(job);
        if (attempt?.startedAtMs == null) return null;
        return (endedAtMs(attempt) ?? nowMs) - attempt.startedAtMs;
      };
    default:
      return ({ order }) => order;
  }
}
