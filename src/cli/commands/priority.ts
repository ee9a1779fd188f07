/** `procguard priority`: a job's place in the queue. */
import type { Command } from 'commander';
import type { JobReply } from '../../../protocol/jobs-http';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { jobPath } from '../jobs/find-job';
import { asNumber } from '../jobs/job-numbers';

export const addPriority = (program: Command): Command =>
  program
    .command('priority')
    .argument('<job>')
    .argument('<priority>', '1 is first, 10 is last, 5 is the default', asNumber('priority'))
    .description('move a job in the queue: procguard priority j_k3v7 1')
    .action(act((context: Context, id: string, priority: number) => setPriority(context, id, priority)));

async function setPriority({ client, print, format }: Context, id: string, priority: number): Promise<Exit> {
  const { job, message } = await client.post<JobReply>(jobPath(id, '/priority'), { priority });
  if (format === 'json' || format === 'jsonl') print([JSON.stringify(job)]);
  else print([format === 'name' ? job.job_id : `${message} (priority ${job.priority})`]);
  return EXIT.ok;
}
