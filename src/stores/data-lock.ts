/**
 * One manager per data directory. The lock is the operating system's, taken through SQLite's own locking on a file of
 * its own: it ends with the process that holds it, however that ends, so there is no stale lock file to clean up.
 */
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DataLock {
  release(): void;
}

/** The other manager, as it wrote itself down; for the sentence, never for a decision. */
export class DataDirInUse extends Error {
  constructor(dataDir: string, holder: string) {
    super(
      `the data directory ${dataDir} is in use by another manager${holder}; stop that one (./start_manager.sh --stop) or choose another with --data-dir`,
    );
    this.name = 'DataDirInUse';
  }
}

/** @throws DataDirInUse */
export function lockDataDir(dataDir: string): DataLock {
  mkdirSync(dataDir, { recursive: true });
  const note = join(dataDir, 'manager.lock.holder');
  const db = new DatabaseSync(join(dataDir, 'manager.lock'));
  try {
    db.exec('PRAGMA busy_timeout = 0');
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!/locked|busy/i.test(String(error))) throw error;
    throw new DataDirInUse(dataDir, holderOf(note));
  }
  writeFileSync(note, `${process.pid}\n`);
  return { release: () => db.close() };
}

function holderOf(note: string): string {
  try {
    return ` (pid ${readFileSync(note, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
