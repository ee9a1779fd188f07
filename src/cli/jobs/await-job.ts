/**
 * Waits for a job's end. The manager holds its answer back until then, so nothing is asked again and again. It has told of
 * the job before: one that does not answer is away, and comes back.
 */
import { setTimeout as after } from 'node:timers/promises';
import type { JobRow } from '../../../protocol/job-views';
import type { WaitReply } from '../../../protocol/jobs-http';
import type { Context } from '../context';
import { CliError, EXIT } from '../exit';
import { jobPath } from './find-job';

/** The longest that a manager holds an answer back. */
const HELD_MS_MAX = 3_600_000;
/** A manager that restarts is asked again; by then most are back. */
const RETURN_MS = 1000;

/**
 * @param deadlineMs by this machine's clock; Infinity = however long it takes
 * @returns the job as it is then, over or not
 * @throws CliError notFound; unreachable when no manager answered until the deadline
 */
export async function awaitJob(
  { client, note }: Pick<Context, 'client' | 'note'>,
  id: string,
  deadlineMs: number,
): Promise<JobRow> {
  let known: JobRow | null = null;
  let isLost = false;
  for (;;) {
    const leftMs: number = Math.max(0, Math.min(HELD_MS_MAX, deadlineMs - Date.now()));
    // The first answer is there at once: a deadline that is near has a job to tell of.
    const timeout: number = known === null ? 0 : leftMs / 1000;
    try {
      const { is_over: isOver, job } = await client.getPatiently<WaitReply>(jobPath(id, '/wait'), { timeout });
      if (isOver || leftMs === 0) return job;
      if (isLost) note('Connected again.');
      known = job;
      isLost = false;
    } catch (error) {
      if (!isPassing(error) || (known === null && leftMs === 0)) throw error;
      if (!isLost) note(`Connection to ${client.url} lost; ${id} goes on, and its end is asked for again ...`);
      isLost = true;
      if (known !== null && leftMs === 0) return known;
      await after(Math.min(RETURN_MS, leftMs));
    }
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof CliError && (error.exit === EXIT.unreachable || error.code === 'shutting_down');
