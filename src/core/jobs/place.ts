/** How many stand before a job that has only just come: by priority and the time of submission. Later looks: explaining.ts. */
import type { Model } from '../model';
import type { Job } from './rows';

/** Lines that are looked through for a place that somebody is only told on the way. */
const LINES_MAX = 1000;

/**
 * All that are as urgent were there before it, so this costs nothing however many there are.
 * @param together so many came with it
 * @returns null = it is not queued, or the queue is of too many kinds to look through
 */
export function placeOfNewest({ jobs: { queue } }: Model, job: Job, together: number): number | null {
  if (job.state.kind !== 'queued' || queue.kinds > LINES_MAX) return null;
  let before = 0;
  for (const line of queue.lines)
    if ((line.first?.spec.priority ?? Infinity) <= job.spec.priority) before += line.length;
  return Math.max(0, before - together);
}
