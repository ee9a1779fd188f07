/**
 * One manager per data directory, and per readable state file. A lock is the operating system's, taken through SQLite's own
 * locking on a file of its own: it ends with the process that holds it, however that ends, so there is no stale lock file to
 * clean up.
 */
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Lock {
  release(): void;
}

/** @throws a sentence: another manager has it */
export function lockDataDir(dataDir: string): Lock {
  return take(
    join(dataDir, 'manager.lock'),
    (holder) =>
      `the data directory ${dataDir} is in use by another manager${holder}; stop that one (./start_manager.sh --stop) or choose another with --data-dir`,
  );
}

/** Null = nothing can be written beside it, so nobody keeps it. @throws as `lockDataDir` */
export function lockStateFile(file: string): Lock | null {
  try {
    return take(
      `${file}.lock`,
      (holder) =>
        `the state file ${file} is kept by another manager${holder}; stop that one, or give this one its own with state.state_file`,
    );
  } catch (error) {
    if (error instanceof InUse) throw error;
    return null;
  }
}

class InUse extends Error {}

/** @param sentence the holder in it is as that manager wrote itself down: for people, never for a decision */
function take(file: string, sentence: (holder: string) => string): Lock {
  mkdirSync(dirname(file), { recursive: true });
  const note = `${file}.holder`;
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA busy_timeout = 0');
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!/locked|busy/i.test(String(error))) throw error;
    throw new InUse(sentence(holderOf(note)));
  }
  writeHolder(note);
  return { release: () => db.close() };
}

function writeHolder(note: string): void {
  try {
    writeFileSync(note, `${process.pid}\n`);
  } catch {
    // A full disk: the lock holds without it.
  }
}

function holderOf(note: string): string {
  try {
    return ` (pid ${readFileSync(note, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
