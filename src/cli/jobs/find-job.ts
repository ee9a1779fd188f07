/** The jobs that words mean on this command line: one, all of an array, pages of a list. */
import type { JobRow, JobView } from '../../../protocol/job-views';
import type { JobFilter, JobSort, ListReply } from '../../../protocol/jobs-http';
import { CliError, EXIT, nullIfNotFound } from '../exit';
import type { ManagerClient } from '../manager-client';

/** The most that the manager gives at once. */
const PAGE = 1000;

export const jobPath = (id: string, what = ''): string => `/api/jobs/${encodeURIComponent(id)}${what}`;

/** Null = there is none of exactly this id. */
export async function jobOf(client: ManagerClient, id: string): Promise<JobView | null> {
  const view = await client.get<Partial<JobView>>(jobPath(id)).catch(nullIfNotFound);
  // `stats` and the like are no jobs but other pages of the API.
  return view?.job_id === undefined ? null : (view as JobView);
}

/**
 * For reading only an id may be cut short, as long as one job alone begins so.
 * @throws CliError notFound; usage: it is the name of an array
 */
export async function findJob(client: ManagerClient, word: string): Promise<JobView> {
  const exact = await jobOf(client, word);
  if (exact !== null) return exact;
  const begun = (await listJobs(client, { q: word }, PAGE)).filter(({ job_id: id }) => id.startsWith(word));
  const [only, ...others] = begun;
  const found = only === undefined || others.length > 0 ? null : await jobOf(client, only.job_id);
  if (found !== null) return found;
  const ofArray = await listJobs(client, { array: word }, Infinity);
  const first = ofArray.at(-1);
  if (first !== undefined)
    throw new CliError(
      EXIT.usage,
      `${word} is an array of ${ofArray.length} ${ofArray.length === 1 ? 'job' : 'jobs'}; name one of them, as ${first.job_id} (\`procguard jobs array=${word}\` shows them)`,
    );
  throw new CliError(
    EXIT.notFound,
    others.length > 0
      ? `${begun.length} jobs begin with ${word}; say more of the id (\`procguard jobs ${word}\` shows them)`
      : `No job is called ${word}; \`procguard jobs\` shows all there are`,
  );
}

export type Meant = { readonly id: string; readonly array: null } | { readonly id: null; readonly array: string };

/**
 * Whole ids: of jobs, or of arrays.
 * @throws CliError notFound
 */
export async function jobsMeant(client: ManagerClient, words: readonly string[]): Promise<Meant[]> {
  const meant: Meant[] = [];
  for (const word of words)
    if ((await jobOf(client, word)) !== null) meant.push({ id: word, array: null });
    else if ((await listJobs(client, { array: word }, 1)).length > 0) meant.push({ id: null, array: word });
    else
      throw new CliError(
        EXIT.notFound,
        `No job and no array is called ${word}; \`procguard jobs\` shows all there are`,
      );
  return meant;
}

/** The same, each array as its jobs in their order. */
export async function idsMeant(client: ManagerClient, words: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { id, array } of await jobsMeant(client, words))
    if (id !== null) ids.push(id);
    else ids.push(...(await listJobs(client, { array }, Infinity)).map((row) => row.job_id).reverse());
  return [...new Set(ids)];
}

/** Newest first unless sorted, so many at most, in as many pages as that takes. */
export async function listJobs(
  client: ManagerClient,
  filter: JobFilter,
  most: number,
  sort?: JobSort,
): Promise<JobRow[]> {
  const rows: JobRow[] = [];
  for (let after: number | null | undefined; after !== null && rows.length < most;) {
    const page: ListReply = await client.get('/api/jobs', {
      ...filter,
      sort,
      limit: Math.min(PAGE, most - rows.length),
      after,
    });
    rows.push(...page.jobs);
    after = page.next;
  }
  return rows;
}
