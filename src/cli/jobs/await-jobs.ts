/** Several jobs' ends, one line for each; the worst exit code of theirs. */
import type { JobRow } from '../../../protocol/job-views';
import type { Context } from '../context';
import { CliError, EXIT } from '../exit';
import { isOver, jobLine } from '../print/job-table';
import { awaitJob } from './await-job';
import { exitCodeOf, NOT_YET, worstOf } from './job-end';

/**
 * One after the other: the last to end is waited for whichever way they are taken. The manager has told of each before; one
 * that it does not know any more was over before its turn came.
 * @param deadlineMs by this machine's clock; Infinity = however long it takes
 */
export async function awaitJobs(context: Context, ids: readonly string[], deadlineMs: number): Promise<number> {
  const { client, format, print, note, paint } = context;
  const codes: number[] = [];
  for (const id of ids) {
    const job = await awaitJob(context, id, deadlineMs).catch(nullIfForgotten);
    if (job === null) {
      note(`${id} is over and forgotten; how it ended nobody knows any more`);
      codes.push(EXIT.failed);
      continue;
    }
    const code = isOver(job) ? await exitCodeOf(client, job) : NOT_YET;
    codes.push(code);
    if (format === 'json' || format === 'jsonl') print([JSON.stringify({ ...job, exit: code })]);
    else if (format === 'name') print([id]);
    else if (isOver(job)) print([jobLine(job, paint)]);
    else note(`${jobLine(job, paint)}; the time to wait is over`);
  }
  return worstOf(codes);
}

function nullIfForgotten(error: unknown): JobRow | null {
  if (error instanceof CliError && error.code === 'unknown_job') return null;
  throw error;
}
