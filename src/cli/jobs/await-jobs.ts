/** Several jobs' ends, one line for each; the worst exit code of theirs. */
import type { Context } from '../context';
import { isOver, jobLine } from '../print/job-table';
import { awaitJob } from './await-job';
import { exitCodeOf, NOT_YET, worstOf } from './job-end';

/**
 * One after the other: the last to end is waited for whichever way they are taken.
 * @param deadlineMs by this machine's clock; Infinity = however long it takes
 */
export async function awaitJobs(context: Context, ids: readonly string[], deadlineMs: number): Promise<number> {
  const { client, format, print, note, paint } = context;
  const codes: number[] = [];
  for (const id of ids) {
    const job = await awaitJob(context, id, deadlineMs);
    const code = isOver(job) ? await exitCodeOf(client, job) : NOT_YET;
    codes.push(code);
    if (format === 'json' || format === 'jsonl') print([JSON.stringify({ ...job, exit: code })]);
    else if (format === 'name') print([id]);
    else if (isOver(job)) print([jobLine(job, paint)]);
    else note(`${jobLine(job, paint)}; the time to wait is over`);
  }
  return worstOf(codes);
}
