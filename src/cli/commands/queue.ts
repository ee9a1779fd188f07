/** `procguard queue`: what waits, in the order in which it goes, and how the queue does. */
import type { Command } from 'commander';
import type { JobStats } from '../../../protocol/job-views';
import { act, asCountOf, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { readNowMs } from '../fleet';
import { listJobs } from '../jobs/find-job';
import { FILTER_HELP, jobWords } from '../jobs/job-words';
import { inOrderOfTurn, JOB_COLUMNS, jobRows } from '../print/job-table';
import { queueLines } from '../print/queue-lines';
import { renderTable } from '../print/table';

const SHOWN_DEFAULT = 30;
/** The manager gives the newest first, and the oldest go first: so many are looked through. */
const READ_MAX = 20_000;

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
  const shown = waiting.slice(0, most);
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
