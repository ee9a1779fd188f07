/** What a value was before it became what it is; null = it has not changed yet. Says what a page is that was closed. */
import { useRef } from 'react';

export function useBefore<T>(now: T): T | null {
  const seen = useRef<{ now: T; before: T | null }>({ now, before: null });
  if (seen.current.now !== now) seen.current = { now, before: seen.current.now };
  return seen.current.before;
}
