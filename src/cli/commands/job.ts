/** `procguard job`: one job in full. Exit code 1 when it failed. */
import type { Command } from 'commander';
import type { JobExplanation } from '../../../protocol/job-explain';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { readNowMs } from '../fleet';
import { findJob, jobPath } from '../jobs/find-job';
import { isOver } from '../print/job-table';
import { jobText } from '../print/job-text';

interface JobFlags {
  readonly json?: boolean;
}

export const addJob = (program: Command): Command =>
  program
    .command('job <job...>')
    .description('state, reason, tries, usage and specification of jobs; an id may be cut short')
    .option('--json', 'as -o json')
    .action(act((context: Context, words: string[], flags: JobFlags) => job(context, words, flags)));

async function job(context: Context, words: string[], { json }: JobFlags): Promise<Exit> {
  const { client, print, paint } = context;
  const format = json ? 'json' : context.format;
  const views = await Promise.all(words.map((word) => findJob(client, word)));
  if (format === 'json') print([JSON.stringify(views.length === 1 ? views[0] : views, null, 2)]);
  else if (format === 'jsonl') print(views.map((view) => JSON.stringify(view)));
  else if (format === 'name') print(views.map(({ job_id: id }) => id));
  else {
    const nowMs = await readNowMs(client);
    for (const [i, view] of views.entries()) {
      const explanation = isOver(view) ? null : await client.get<JobExplanation>(jobPath(view.job_id, '/explain'));
      print([...(i > 0 ? [''] : []), ...jobText(view, explanation, nowMs, paint)]);
    }
  }
  return views.some(({ state }) => state === 'failed') ? EXIT.failed : EXIT.ok;
}
