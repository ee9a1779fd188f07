/** How many stand before a job in the queue: by priority, then by the time of submission. */
import type { Model } from '../model';
import type { Job } from './rows';

/** Lines that are looked through for a place that somebody is only told on the way. */
const LINES_MAX = 1000;

/** Null = it is not queued. */
export function placeOf({ jobs: { queue } }: Model, job: Job): number | null {
  if (job.state.kind !== 'queued') return null;
  let before = 0;
  for (const line of queue.lines) {
    const priority = line.first?.spec.priority ?? Infinity;
    if (priority < job.spec.priority) before += line.length;
    else if (priority === job.spec.priority)
      for (const other of line) {
        if (other.order >= job.order) break;
        before += 1;
      }
  }
  return before;
}

/**
 * The same for one that has only just come, which costs nothing however many there are: all of its priority are before it.
 * @param since those from this order on came with it
 * @returns null = it is not queued, or the queue is of too many kinds to look through
 */
export function placeOfNewest({ jobs: { queue } }: Model, job: Job, together: number): number | null {
  if (job.state.kind !== 'queued' || queue.kinds > LINES_MAX) return null;
  let before = 0;
  for (const line of queue.lines)
    if ((line.first?.spec.priority ?? Infinity) <= job.spec.priority) before += line.length;
  return Math.max(0, before - together);
}
