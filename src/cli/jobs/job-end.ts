/** What the command line's exit code is when a job is over. */
import { statusOf } from '../../../protocol/exit';
import type { JobRow, JobView } from '../../../protocol/job-views';
import { EXIT } from '../exit';
import type { ManagerClient } from '../manager-client';
import { jobOf } from './find-job';

/** Not over in time; as timeout(1) has it. */
export const NOT_YET = 124;

/**
 * The job's own where it failed, 128 + n where signal n ended it. One that was cancelled has none of its own: whether it ran
 * then, how it took its signal and how an earlier try ended say nothing of the job.
 * @param signal that ended the attempt which decided; null = none did, or nobody knows
 */
export function exitOfJob(
  { state, exit_code: code }: Pick<JobRow, 'state' | 'exit_code'>,
  signal: string | null,
): number {
  if (state === 'completed') return EXIT.ok;
  if (state === 'cancelled') return EXIT.failed;
  if (code !== null && code > 0) return code;
  return statusOf({ exitCode: null, signal }) ?? EXIT.failed;
}

/** The signal is in a job's attempts, which are asked for where it matters. */
export async function exitCodeOf(client: ManagerClient, row: JobRow): Promise<number> {
  if (row.state !== 'failed' || row.exit_code !== null) return exitOfJob(row, null);
  const view = await jobOf(client, row.job_id);
  return exitOfJob(row, view === null ? null : signalOf(view));
}

const signalOf = ({ tries }: JobView): string | null => tries.findLast(({ signal }) => signal !== null)?.signal ?? null;

/** Of several the worst. */
export const worstOf = (codes: readonly number[]): number => Math.max(EXIT.ok, ...codes);
