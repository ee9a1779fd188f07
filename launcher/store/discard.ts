/** Removes what is needed no more. A disk that refuses (read-only after an error) keeps it: that must end nothing of ours. */
import { rmSync } from 'node:fs';

export function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It takes up room until somebody who comes later removes it.
  }
}
