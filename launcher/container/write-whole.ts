/** Writes to a run's output, whatever it takes: a full disk is waited for, because what was written must not be lost. */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const AGAIN_MS = 500;
/** What may pass: no room, a quota, a pipe that is full. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'EAGAIN', 'EINTR']);

/** Meanwhile nothing more is read, so the container waits too. Rejects when the file cannot be written at all. */
export async function writeWhole(fd: number, bytes: Buffer): Promise<void> {
  let at = 0;
  while (at < bytes.length)
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (!PASSING.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await pause(AGAIN_MS);
    }
}
