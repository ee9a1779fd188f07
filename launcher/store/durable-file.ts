/** Small files that must outlive a power cut, whole: the old one or the new one, never half of either. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { discard } from './discard';

/** On the disk when it returns. Throws where the disk refuses, and then the old one is still there. */
export function writeDurably(path: string, text: string): void {
  const temporary = `${path}.t`;
  const bytes = Buffer.from(text);
  const fd = openSync(temporary, 'w', 0o600);
  try {
    if (writeSync(fd, bytes) < bytes.length) throw new Error('the disk is full');
    fsyncSync(fd);
  } catch (error) {
    discard(temporary); // half of one would only take room
    throw error;
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  flushDirectory(dirname(path));
}

/** A new file's name must outlive a power cut too. */
export function flushDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
