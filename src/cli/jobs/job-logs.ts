/** `procguard logs JOB`: what a job wrote, in its newest try or another, and with -f in all that come. */
import type { JobView } from '../../../protocol/job-views';
import type { JobLogsReply } from '../../../protocol/jobs-http';
import type { Context } from '../context';
import { CliError, EXIT, nullIfNotFound, type Exit } from '../exit';
import type { Fleet } from '../fleet';
import { writeOut } from '../log-writer';
import { LINES_DEFAULT, type LogsFlags } from '../logs-flags';
import type { ManagerClient, Query } from '../manager-client';
import { localTime } from '../print/amounts';
import { findJob, jobOf, jobPath } from './find-job';
import { followAll, writeOutput } from './job-output';

/** The manager takes 0 as everything for text only. */
const LINES_MAX = 1_000_000;

/**
 * Null = the words mean processes. A process of exactly this name comes before a job of it; an id may be cut short where
 * no process begins so.
 */
export async function jobsAmong(
  client: ManagerClient,
  { processes }: Fleet,
  words: readonly string[],
): Promise<JobView[] | null> {
  const names = processes.flatMap(({ id, process, key }) => [id, process, key]);
  if (words.some((word) => names.includes(word) || !mayBeJob(word))) return null;
  const jobs: JobView[] = [];
  for (const word of words) {
    const exact = await jobOf(client, word);
    const isProcess = names.some((name) => name.startsWith(word));
    const job = exact ?? (isProcess ? null : await findJob(client, word).catch(nullIfNotFound));
    if (job === null) return null;
    jobs.push(job);
  }
  return jobs;
}

/** It is no `worker/process`, and no choice of several. */
export const mayBeJob = (word: string): boolean => !/[=/*?]/.test(word);

export async function jobLogs(context: Context, jobs: readonly JobView[], flags: LogsFlags): Promise<Exit> {
  const [only, ...others] = jobs;
  if (only === undefined) return EXIT.notFound;
  if (flags.follow) {
    if (others.length > 0) throw new CliError(EXIT.usage, '-f follows one job; `procguard wait` waits for several');
    if (flags.grep !== undefined || flags.stderr || flags.timestamps || context.format !== 'table')
      throw new CliError(EXIT.usage, '-f shows a job’s output as it is written; leave out --grep, --stderr, -t and -o');
    await followAll(context, only.job_id, flags.lines ?? LINES_DEFAULT);
    return EXIT.ok;
  }
  for (const [i, job] of jobs.entries()) {
    if (others.length > 0 && context.format === 'table') await writeOut(`${i > 0 ? '\n' : ''}==> ${job.job_id} <==\n`);
    await show(context, job, flags);
  }
  return EXIT.ok;
}

async function show({ client, format, paint }: Context, job: JobView, flags: LogsFlags): Promise<void> {
  const query: Query = {
    limit: flags.lines ?? (flags.grep === undefined ? LINES_DEFAULT : 0),
    since: flags.since,
    grep: flags.grep,
    stream: flags.stderr ? 'stderr' : 'both',
    attempt: tryOf(job, flags),
  };
  if (format === 'table' && !flags.timestamps) return writeOutput(client, job.job_id, query);
  const { attempt_id: attempt, lines } = await client.get<JobLogsReply>(jobPath(job.job_id, '/logs'), {
    ...query,
    limit: query.limit === 0 ? LINES_MAX : query.limit,
  });
  for (const { stream, at_ms: atMs, text } of lines)
    if (format === 'table')
      await writeOut(`${paint(atMs === null ? '-'.repeat(19) : localTime(atMs), 'dim')} ${text}\n`);
    else
      await writeOut(
        `${JSON.stringify({ job_id: job.job_id, attempt_id: attempt, stream, at_ms: atMs, line: text })}\n`,
      );
}

/** Undefined = the newest that has output. */
function tryOf({ job_id: id, tries }: JobView, { run, previous }: LogsFlags): string | undefined {
  if (run !== undefined || !previous) return run;
  const before = tries.at(-2);
  if (before !== undefined) return before.attempt_id;
  throw new CliError(EXIT.notFound, `${id} has no try before its newest one`);
}
