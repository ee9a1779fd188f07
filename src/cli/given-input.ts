/** Whether input waits for this program that nobody reads: a job, and what runs on a worker, has no stdin. */
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';

/**
 * True where bytes stand in a pipe or a file that only this program was given. What the parent reads too is left alone: of a
 * shell's loop over lines the next turn's would be taken. Nothing is waited for, as the pipes of cron, CI and ssh may stay
 * open and empty. Linux only; elsewhere false.
 */
export function isInputUnread(): boolean {
  try {
    const stdin = fstatSync(0);
    if (!stdin.isFIFO() && !stdin.isFile()) return false;
    if (readlinkSync('/proc/self/fd/0') === readlinkSync(`/proc/${process.ppid}/fd/0`)) return false;
    const opened = openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readSync(opened, Buffer.alloc(1)) > 0;
    } finally {
      closeSync(opened);
    }
  } catch {
    return false; // it is closed, empty for now, or not ours to look at
  }
}
