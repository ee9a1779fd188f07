/** A process's pid file (seed 002, `pid_file`): the leader's pid while it runs. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** @returns what went wrong, as a sentence; null = written. It never keeps a process from running. */
export function writePidFile(file: string, directory: string, pid: number): string | null {
  try {
    writeFileSync(resolve(directory, file), `${pid}\n`);
    return null;
  } catch (error) {
    return `the pid file ${file} could not be written: ${(error as Error).message}`;
  }
}

/** Removes it, unless somebody else's pid is in it by now. */
export function removePidFile(file: string, directory: string, pid: number): void {
  const path = resolve(directory, file);
  try {
    if (readFileSync(path, 'latin1').trim() === String(pid)) rmSync(path);
  } catch {
    // It is gone already.
  }
}
