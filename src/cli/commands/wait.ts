/** `procguard wait`: until jobs are over. The job's exit code is this program's; of several the worst. */
import type { Command } from 'commander';
import { act, asDuration, type Context } from '../context';
import { awaitJobs } from '../jobs/await-jobs';
import { idsMeant } from '../jobs/find-job';
import { NOT_YET } from '../jobs/job-end';

interface WaitJobFlags {
  readonly timeout?: number;
}

export const addWait = (program: Command): Command =>
  program
    .command('wait <job...>')
    .description('until jobs are over; an array means all of its jobs')
    .option('--timeout <duration>', 'not longer than this; the jobs go on', asDuration)
    .addHelpText(
      'after',
      `
The exit code is the job's own, 128 + n where signal n ended it, 1 where it was cancelled, never ran or is forgotten,
${NOT_YET} where --timeout ended the wait; of several jobs the highest.

Examples:
  procguard wait j_k3v7 && echo trained
  procguard wait sweep --timeout 2h`,
    )
    .action(act((context: Context, words: string[], flags: WaitJobFlags) => wait(context, words, flags)));

async function wait(context: Context, words: string[], { timeout }: WaitJobFlags): Promise<number> {
  const deadlineMs = timeout === undefined ? Infinity : Date.now() + timeout;
  return awaitJobs(context, await idsMeant(context.client, words), deadlineMs);
}
