/** The name under which a launcher runs an attempt, and under which its output is stored. */
import type { ProcessName } from '../../../protocol/ids';
import type { AttemptId } from '../../../protocol/jobs';
import type { Attempt } from './rows';

const PREFIX = 'job.';

export const attemptProcess = ({ id }: Pick<Attempt, 'id'>): ProcessName => `${PREFIX}${id}` as ProcessName;

/** Null = it is none of a job. */
export const attemptIn = (process: ProcessName): AttemptId | null =>
  process.startsWith(PREFIX) ? (process.slice(PREFIX.length) as AttemptId) : null;
