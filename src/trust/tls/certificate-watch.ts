/**
 * Says when to look at certificates again: a file changed in one of their directories, or a day is over (addresses and
 * dates change without a file). The directory is watched and not the file, because certificates are replaced by renaming
 * and by moving links. Where nothing is told of changes (NFS), the day and SIGHUP remain.
 */
import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

const DAY_MS = 86_400_000;
/** Key and certificate are two files: whoever replaces them is seldom done at the first change. */
const SETTLE_MS = 200;

/** Any file of the directory may have changed, however often; the others are seldom. */
export type Occasion = 'change' | 'day';

/** @returns ends it */
export function watchCertificates(files: readonly string[], look: (why: Occasion) => void): () => void {
  let settling: NodeJS.Timeout | null = null;
  const changed = (): void => {
    settling ??= setTimeout(() => {
      settling = null;
      look('change');
    }, SETTLE_MS).unref();
  };
  const watchers = [...new Set(files.map((file) => dirname(file)))].flatMap((directory) => watched(directory, changed));
  const daily = setInterval(() => look('day'), DAY_MS).unref();
  return () => {
    clearInterval(daily);
    if (settling !== null) clearTimeout(settling);
    for (const watcher of watchers) watcher.close();
  };
}

function watched(directory: string, changed: () => void): FSWatcher[] {
  try {
    const watcher = watch(directory, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return []; // no watches left on this machine
  }
}
