/** Stories of recoveries, as the page tells them. */
import type { RecoveryView } from '../../../protocol/views';

export type StoryEnd = 'going' | 'ok' | 'failed';

export const endOf = ({ stage }: Pick<RecoveryView, 'stage'>): StoryEnd =>
  stage === 'completed' ? 'ok' : stage === 'failed' ? 'failed' : 'going';

export const subjectOf = ({ worker_id: worker, process }: Pick<RecoveryView, 'worker_id' | 'process'>): string =>
  process === null ? worker : `${worker}/${process}`;

/** Kinds that occur, the most frequent first. */
export function kindsOf(stories: readonly RecoveryView[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { kind } of stories) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, more]) => more - many || a.localeCompare(b));
}
