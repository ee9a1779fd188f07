/** The word through a run's lifeline that its trace has changed. A launcher that is away finds the word, or the trace, later. */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CONTAINER_WORD } from '../core/lifeline-word';

export function tellLauncher(directory: string): void {
  try {
    // Not held open: that its last writer is gone is how the launcher knows that the shim is.
    const fd = openSync(join(directory, 'lifeline'), constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      writeSync(fd, `${CONTAINER_WORD}\n`);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The shim is gone, or a launcher that does not listen let the pipe fill: the trace says the same.
  }
}
