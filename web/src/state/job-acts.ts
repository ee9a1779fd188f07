/** What can be asked of a job, by its state. */
import type { ShownJobState } from '../../../protocol/jobs';

export const isOver = (state: ShownJobState): boolean =>
  state === 'completed' || state === 'failed' || state === 'cancelled';

/** Has it not begun yet? Only then its place in the queue means something. */
export const isWaiting = (state: ShownJobState): boolean => state === 'waiting' || state === 'queued';

/** Something that completed is submitted again, not tried again. */
export const mayRetry = (state: ShownJobState): boolean => state === 'failed' || state === 'cancelled';
