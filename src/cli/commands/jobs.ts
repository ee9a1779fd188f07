/** `procguard jobs`: what runs, what waits, what was. */
import { Option, type Command } from 'commander';
import { JOB_SORTS, type JobFilter, type JobSort } from '../../../protocol/jobs-http';
import type { JobRow } from '../../../protocol/job-views';
import { act, asCountOf, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { readNowMs } from '../fleet';
import { listJobs } from '../jobs/find-job';
import { DEAD, FILTER_HELP, listFilter } from '../jobs/job-words';
import { inOrderOfInterest, JOB_COLUMNS, jobRows } from '../print/job-table';
import { renderTable } from '../print/table';
import { watchScreen } from '../screen';

const JOBS_DEFAULT = 100;

interface JobsFlags {
  readonly lines: number;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly dead?: boolean;
  readonly sort?: JobSort;
}

/** @returns the command, for words below it */
export const addJobs = (program: Command): Command =>
  program
    .command('jobs [word...]')
    .description('jobs: what runs, what waits, what was, newest first')
    .option('-n, --lines <count>', 'how many at most', asCountOf('jobs'), JOBS_DEFAULT)
    .option('--json', 'as -o json')
    .option('--dead', 'those that failed for good: state=failed')
    .addOption(new Option('--sort <by>', 'instead: the other way round with a -').choices(JOB_SORTS))
    .option('-w, --watch', 'go on showing them as they change; q ends it')
    .addHelpText(
      'after',
      `${FILTER_HELP}
A word without = is looked for in id, name and command.

Examples:
  procguard jobs
  procguard jobs state=running,queued team=nlp
  procguard jobs state=over --sort -duration
  procguard jobs train --dead -n 20
  procguard jobs state=live -o name | xargs procguard wait`,
    )
    .action(act((context: Context, words: string[], flags: JobsFlags) => jobs(context, words, flags)));

async function jobs(context: Context, words: string[], flags: JobsFlags): Promise<Exit> {
  const filter = listFilter(flags.dead ? [...words, DEAD] : words);
  if (flags.watch) return watchScreen(context, (height) => table(context, filter, height - 1, flags.sort));
  const format = flags.json ? 'json' : context.format;
  const { client, print, note } = context;
  if (format === 'table') {
    const lines = await table(context, filter, flags.lines, flags.sort);
    if (lines.length > 0) print(lines);
    else if (words.length > 0) note(`No job matches ${words.join(' ')}.`);
    else note('No job yet. Put one into the queue: procguard submit -- COMMAND');
    return EXIT.ok;
  }
  const rows = await chosen(client, filter, flags.lines, flags.sort);
  if (format === 'json') print([JSON.stringify(rows, null, 2)]);
  else if (format === 'jsonl') print(rows.map((row) => JSON.stringify(row)));
  else print(rows.map(({ job_id: id }) => id));
  return EXIT.ok;
}

/** Empty when there are none. */
async function table(
  { client, width, paint }: Context,
  filter: JobFilter,
  most: number,
  sort: JobSort | undefined,
): Promise<string[]> {
  const [rows, nowMs] = await Promise.all([chosen(client, filter, most, sort), readNowMs(client)]);
  return rows.length === 0 ? [] : renderTable(JOB_COLUMNS, jobRows(rows, nowMs), width, paint);
}

/** What runs is there also behind any number of newer jobs that wait, unless an order was asked for. */
async function chosen(
  client: Context['client'],
  filter: JobFilter,
  most: number,
  sort: JobSort | undefined,
): Promise<JobRow[]> {
  if (sort !== undefined) return listJobs(client, filter, most, sort);
  const [newest, active] = await Promise.all([
    listJobs(client, filter, most),
    filter.state === undefined ? listJobs(client, { ...filter, state: 'active' }, most) : [],
  ]);
  const rows = new Map([...newest, ...active].map((row) => [row.job_id, row]));
  return inOrderOfInterest([...rows.values()]).slice(0, most);
}
