/** What a task waits for. All of it must be completed; a task that nobody knows (yet) holds back. */
import type { JobId } from '../../../protocol/jobs';
import type { Task } from './task';

export type Known = (id: JobId) => Task | undefined;

export type Standing =
  | { readonly kind: 'met' }
  | { readonly kind: 'unmet'; readonly on: readonly JobId[] }
  /** It can never be met: a sentence that names the task at fault. */
  | { readonly kind: 'hopeless'; readonly why: string };

export function standingOf({ wish: { dependsOn } }: Task, known: Known): Standing {
  const unmet: JobId[] = [];
  for (const id of dependsOn) {
    const state = known(id)?.state.kind;
    if (state === 'failed' || state === 'cancelled')
      return { kind: 'hopeless', why: `dependency ${id} ${state === 'failed' ? 'failed' : 'was cancelled'}` };
    if (state !== 'completed') unmet.push(id);
  }
  return unmet.length === 0 ? { kind: 'met' } : { kind: 'unmet', on: unmet };
}

/** The way from a new task back to itself; null = there is none. */
export function circleThrough(id: JobId, dependsOn: readonly JobId[], known: Known): readonly JobId[] | null {
  const seen = new Set<JobId>();
  const open = dependsOn.map((next): readonly JobId[] => [id, next]);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const last = path[path.length - 1] as JobId;
    if (last === id) return path;
    if (seen.has(last)) continue;
    seen.add(last);
    for (const next of known(last)?.wish.dependsOn ?? []) open.push([...path, next]);
  }
  return null;
}
