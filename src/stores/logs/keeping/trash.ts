/**
 * Deleting. What goes is first renamed away, so that its name is free at once and a run that begins meanwhile is safe;
 * freeing gigabytes can then take its time off the loop. What a crash leaves there goes at the next opening.
 */
import { mkdirSync, renameSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { trashDir } from '../paths';

export class Trash {
  private count = 0;
  private readonly dir: string;
  private readonly deleting = new Set<Promise<void>>();

  /** @param nowMs makes names that an earlier life has not used */
  constructor(
    dir: string,
    private readonly nowMs: number,
  ) {
    this.dir = trashDir(dir);
    mkdirSync(this.dir, { recursive: true });
    this.track(this.empty());
  }

  /** A file or folder that may be absent. */
  discard(path: string): void {
    const away = join(this.dir, `${this.nowMs}-${this.count++}`);
    try {
      renameSync(path, away);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    this.track(rm(away, { recursive: true, force: true }));
  }

  async settled(): Promise<void> {
    await Promise.all(this.deleting);
  }

  private async empty(): Promise<void> {
    const left = await readdir(this.dir);
    await Promise.all(left.map((name) => rm(join(this.dir, name), { recursive: true, force: true })));
  }

  private track(deleting: Promise<void>): void {
    // What cannot be deleted now is tried again at the next opening.
    const settled = deleting.catch(() => undefined).finally(() => this.deleting.delete(settled));
    this.deleting.add(settled);
  }
}
