/** `procguard release`: lets jobs go that were submitted with --hold. */
import type { Command } from 'commander';
import type { JobReply } from '../../../protocol/jobs-http';
import { act, type Context } from '../context';
import { CliError, exitOfResults, type Exit } from '../exit';
import { idsMeant, jobPath } from '../jobs/find-job';

export const addRelease = (program: Command): Command =>
  program
    .command('release <job...>')
    .description('let jobs go that were submitted with --hold; an array means all of its jobs')
    .action(act((context: Context, words: string[]) => release(context, words)));

async function release({ client, print, note, format, paint }: Context, words: string[]): Promise<Exit> {
  const results: { readonly ok: boolean }[] = [];
  for (const id of await idsMeant(client, words))
    try {
      const { job, message } = await client.post<JobReply>(jobPath(id, '/approve'), {});
      if (format === 'json' || format === 'jsonl') print([JSON.stringify(job)]);
      else print([format === 'name' ? id : message]);
      results.push({ ok: true });
    } catch (error) {
      if (!(error instanceof CliError) || error.code === null) throw error;
      note(paint(error.message, 'red'));
      results.push({ ok: false });
    }
  return exitOfResults(results);
}
