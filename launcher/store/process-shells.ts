/**
 * Directories of processes that are over and forgotten, emptied and kept for the next ones: two renames where two directories
 * and a file would be made and removed. On a disk with millions of files each of those may cost a millisecond.
 */
import { mkdirSync, readdirSync, renameSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { discard } from './discard';

const KEPT_MAX = 64;
/** What one holds: an empty directory, and an empty file. */
const HELD = ['record.jsonl', 'runs'];

export class ProcessShells {
  readonly #kept: string[] = [];
  #made = 0;
  #isOpen = false;

  constructor(private readonly directory: string) {}

  /** Puts one there. False = there is none. */
  take(path: string): boolean {
    const shell = this.#kept.pop();
    if (shell === undefined) return false;
    try {
      renameSync(shell, path);
      return true;
    } catch {
      mkdirSync(dirname(path), { recursive: true });
      return false;
    }
  }

  /** Takes one away. False = it is to be removed: enough are kept, or something is left in it. */
  give(path: string): boolean {
    if (this.#kept.length >= KEPT_MAX) return false;
    try {
      if (readdirSync(join(path, 'runs')).length > 0 || !isHeld(readdirSync(path))) return false;
      this.#open();
      const shell = join(this.directory, String(this.#made++));
      // First away: an empty record would be nobody's, and kept for good.
      renameSync(path, shell);
      this.#empty(shell);
      return true;
    } catch {
      return false;
    }
  }

  #empty(shell: string): void {
    try {
      truncateSync(join(shell, 'record.jsonl'));
      this.#kept.push(shell);
    } catch {
      discard(shell);
    }
  }

  /** What an earlier launcher kept may be half emptied. */
  #open(): void {
    if (this.#isOpen) return;
    discard(this.directory);
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    this.#isOpen = true;
  }
}

const isHeld = (entries: readonly string[]): boolean =>
  entries.length === HELD.length && entries.every((entry) => HELD.includes(entry));
