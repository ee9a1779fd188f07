/** A tree kept by the kernel in a cgroup of its own. Who leaves the cgroup is still found by the scan, once at the end. */
import { existsSync, readdirSync, readFileSync, rmdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLiving } from '../core/proc-stat';
import { readStat } from './identity';
import type { Member, Tree, TreeRoot } from './tree';
import { ProcScanTree } from './tree-proc-scan';

export class CgroupTree implements Tree {
  readonly verifiedBy = 'cgroup';
  readonly evented = true;
  readonly #scan: ProcScanTree;

  constructor(
    root: TreeRoot,
    private readonly path: string,
  ) {
    this.#scan = new ProcScanTree(root);
  }

  async members(thorough: boolean): Promise<readonly Member[]> {
    const inside = this.#isPopulated() ? this.#inside() : [];
    if (!thorough) return inside;
    this.#scan.remember(inside);
    return this.#scan.members();
  }

  #isPopulated(): boolean {
    try {
      return !/^populated 0$/m.test(readFileSync(join(this.path, 'cgroup.events'), 'latin1'));
    } catch {
      return false; // the cgroup was removed: only possible when empty
    }
  }

  #inside(): Member[] {
    const members: Member[] = [];
    for (const directory of withNested(this.path))
      for (const line of readLines(join(directory, 'cgroup.procs'))) {
        const stat = readStat(Number(line));
        if (stat !== null && isLiving(stat))
          members.push({ pid: stat.pid, startTicks: stat.startTicks, command: stat.name });
      }
    return members;
  }

  async signal(signal: string): Promise<readonly string[]> {
    this.#scan.remember(this.#inside());
    return this.#scan.signal(signal);
  }

  async kill(): Promise<readonly string[]> {
    const told: string[] = [];
    try {
      // At once for all, also for those being forked this moment. Kernels before 5.14 do not have the file.
      writeFileSync(join(this.path, 'cgroup.kill'), '1', { flag: 'r+' });
      told.push('cgroup');
    } catch {
      this.#scan.remember(this.#inside());
    }
    return [...told, ...(await this.#scan.kill())];
  }

  onChange(listener: () => void): () => void {
    const events = join(this.path, 'cgroup.events');
    if (!existsSync(events)) return () => {};
    try {
      const watcher = watch(events, listener);
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      return () => {}; // no inotify watch left: the caller's slow look finds it
    }
  }

  remove(): void {
    for (const directory of withNested(this.path).reverse())
      try {
        rmdirSync(directory);
      } catch {
        // Held by a zombie that its parent has not reaped; an empty cgroup costs nothing.
      }
  }
}

/** The directory and all below it, parents first: a child may have made cgroups of its own (a container engine does). */
function withNested(path: string): string[] {
  try {
    const nested = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [path, ...nested.flatMap((entry) => withNested(join(path, entry.name)))];
  } catch {
    return [];
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'latin1').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
