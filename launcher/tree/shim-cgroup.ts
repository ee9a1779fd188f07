/**
 * The cgroup of a shim that serves one run after another: the shim is inside, so whatever it forks is. It lasts as long as
 * the shim; of one that was killed with its launcher, the next launcher of the same data directory removes it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { removeCgroup } from './tree-cgroup';

const PREFIX = 'procguard.shim.';

/** Told by its name, so that a run's birth record says it. */
export const isOfShim = (cgroup: string): boolean => basename(cgroup).startsWith(PREFIX);

export class ShimCgroups {
  readonly #prefix: string;

  /** @param base under which they are made; null = none can be. @param owner the data directory */
  constructor(
    private readonly base: string | null,
    owner: string,
  ) {
    this.#prefix = `${PREFIX}${createHash('sha256').update(owner).digest('hex').slice(0, 12)}.`;
    if (base === null) return;
    // One whose shim still serves somebody cannot be removed, and is not.
    for (const name of entriesOf(base)) if (name.startsWith(this.#prefix)) removeCgroup(join(base, name));
  }

  /** Puts a shim into one of its own, before it serves anybody. Off the loop's thread: the kernel may take 10 ms. Null = it cannot. */
  async make(shim: number): Promise<string | null> {
    if (this.base === null) return null;
    const path = join(this.base, `${this.#prefix}${randomBytes(6).toString('hex')}`);
    try {
      mkdirSync(path);
      await writeFile(join(path, 'cgroup.procs'), String(shim), { flag: 'r+' });
      return path;
    } catch {
      removeCgroup(path);
      return null;
    }
  }

  remove(path: string): void {
    removeCgroup(path);
  }
}

function entriesOf(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
