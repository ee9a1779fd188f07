/** Which tasks that are over are forgotten: beyond the newest so many, unless somebody still waits for one. Pure. */
import type { JobId } from '../../../protocol/jobs';
import { isOver, isPending, type Task } from './task';

/** Kept with what they wrote: at most 2 MiB each, and hardly ever so much. */
export const LOCAL_TASKS_KEPT = 1_000;

export function surplus(tasks: Iterable<Task>): readonly Task[] {
  const all = [...tasks];
  const over = all.filter(isOver);
  if (over.length <= LOCAL_TASKS_KEPT) return [];
  const needed = new Set<JobId>(all.filter(isPending).flatMap(({ wish }) => wish.dependsOn));
  return over
    .sort((a, b) => endedAtMs(a) - endedAtMs(b))
    .slice(0, over.length - LOCAL_TASKS_KEPT)
    .filter(({ id }) => !needed.has(id));
}

const endedAtMs = ({ state }: Task): number => ('endedAtMs' in state ? state.endedAtMs : Infinity);
