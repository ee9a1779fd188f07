/** The smallest part of a failing history that still fails: ever shorter pieces are left out, as long as that helps. */
import { whatBreaks } from './history';
import type { Step } from './steps';

export function smallest(steps: readonly Step[]): Step[] {
  let kept = [...steps];
  for (let size = kept.length >> 1; size >= 1; size = size >> 1)
    for (let at = 0; at < kept.length;) {
      const shorter = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (whatBreaks(shorter) === null) at += size;
      else kept = shorter;
    }
  return kept;
}
