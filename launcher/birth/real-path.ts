/** Where a path leads on this machine. */
import { realpathSync } from 'node:fs';

/** As the kernel would go there, all links followed; null = nothing is there, or it cannot be told. */
export function realPath(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}
