/** `procguard queue`: what waits and for what, in the order in which it goes, and how the queue does. */
import type { Command } from 'commander';
import type { JobExplanation } from '../../../protocol/job-explain';
import type { JobRow, JobStats } from '../../../protocol/job-views';
import { act, asCountOf, type Context } from '../context';
import { EXIT, nullIfNotFound, type Exit } from '../exit';
import { readNowMs } from '../fleet';
import { jobPath, listJobs } from '../jobs/find-job';
import { FILTER_HELP, jobWords } from '../jobs/job-words';
import type { ManagerClient } from '../manager-client';
import { inOrderOfTurn, JOB_COLUMNS, jobRows } from '../print/job-table';
import { queueLines } from '../print/queue-lines';
import { renderTable } from '../print/table';

const SHOWN_DEFAULT = 30;
/** The manager gives the newest first, and the oldest go first: so many are looked through. */
const READ_MAX = 20_000;
/** So many of those that go first are looked into: each is a question of its own. */
const LOOKED_INTO_MAX = 50;

interface QueueFlags {
  readonly lines: number;
}

export const addQueue = (program: Command): Command =>
  program
    .command('queue [filter...]')
    .description('jobs that wait, those first that go first, and figures of the queue')
    .option('-n, --lines <count>', 'how many jobs at most', asCountOf('jobs'), SHOWN_DEFAULT)
    .addHelpText('after', FILTER_HELP)
    .action(act((context: Context, words: string[], flags: QueueFlags) => queue(context, words, flags)));

async function queue(context: Context, words: string[], { lines: most }: QueueFlags): Promise<Exit> {
  const { client, format, print, note, width, paint } = context;
  const { filter } = jobWords(words);
  const [stats, rows, nowMs] = await Promise.all([
    client.get<JobStats>('/api/jobs/stats'),
    listJobs(client, { state: 'queued,waiting', ...filter }, READ_MAX),
    readNowMs(client),
  ]);
  const waiting = inOrderOfTurn(rows);
  const first = waiting.slice(0, most);
  const shown = format === 'name' ? first : await withReasons(client, first);
  if (format === 'json') print([JSON.stringify({ stats, jobs: shown }, null, 2)]);
  else if (format === 'jsonl') print(shown.map((row) => JSON.stringify(row)));
  else if (format === 'name') print(shown.map(({ job_id: id }) => id));
  else {
    print(queueLines(stats, nowMs));
    if (shown.length > 0) print(['', ...renderTable(JOB_COLUMNS, jobRows(shown, nowMs), width, paint)]);
    if (waiting.length > shown.length) note(`${waiting.length - shown.length} more; -n ${waiting.length} shows them`);
    if (rows.length === READ_MAX)
      note(`More than ${READ_MAX} wait; what is shown are the first of the newest ${READ_MAX}`);
  }
  return EXIT.ok;
}

/** A row says that its job waits for room; why there is none depends on all others, and is looked up for this moment. */
async function withReasons(client: ManagerClient, rows: readonly JobRow[]): Promise<JobRow[]> {
  const looks = rows.map(async (row, at) => {
    if (at >= LOOKED_INTO_MAX || row.state !== 'queued') return row;
    const told = await client.get<JobExplanation>(jobPath(row.job_id, '/explain')).catch(nullIfNotFound);
    const reason = told?.reasons[0];
    return reason === undefined ? row : { ...row, why: reason.text };
  });
  return Promise.all(looks);
}
