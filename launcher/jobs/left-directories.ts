/**
 * Directories of attempts' processes that have no record: their launcher was killed while it removed them, or before it had
 * written the first word. No keeper opens such a one, so nobody else removes it.
 */
import { statSync } from 'node:fs';
import type { AttemptId } from '../../protocol/jobs';
import { attemptOfProcess } from '../../protocol/jobs';
import { isAlive } from '../keeper/what-was-left';
import type { DataDirectory } from '../store/data-directory';

interface Asked {
  readonly bootId: string;
  /** Its end is not known to the manager. */
  readonly isHeld: (attempt: AttemptId) => boolean;
}

/** Not where a run of it lives: a full disk kept the record from being written. */
export function sweepLeftDirectories(data: DataDirectory, { bootId, isHeld }: Asked): void {
  for (const directory of data.processes()) {
    const bytes = statSync(directory.recordFile, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes > 0 || isHeld(attemptOfProcess(directory.name))) continue;
    if (!directory.runs().some((run) => isAlive(run, bootId))) directory.remove();
  }
}
