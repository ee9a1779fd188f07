/**
 * A tree kept by the kernel in a cgroup of its own.
 *
 * A child without limits joins after its birth, not before: moving a process makes the kernel wait for a grace period (1 to
 * 10 ms on a quiet machine), and a start or restart need not. One with limits is born inside. What it forked meanwhile is swept in: the scan finds it, it is moved
 * too, and again until the scan finds nobody outside. From then on whatever is forked is born inside. Before that, and
 * for whoever left the cgroup (which takes root and a purpose), the tree is what the scan says.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, watch, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLiving } from '../core/proc-stat';
import { readStat } from '../process/identity';
import type { ProcessIndex } from './process-index';
import type { Member, Sent, Tree, TreeRoot } from './tree';
import { ProcScanTree } from './tree-proc-scan';

/** Sweeps before it is given up and the scan stays the authority: a fork bomb outruns them. */
const SWEEPS_MAX = 20;

export class CgroupTree implements Tree {
  readonly verifiedBy = 'cgroup';
  readonly #scan: ProcScanTree;
  /** Every member is inside. */
  #isWhole = false;
  #isRemoved = false;

  constructor(
    private readonly root: TreeRoot,
    private readonly path: string,
    index: ProcessIndex,
  ) {
    this.#scan = new ProcScanTree(root, index);
  }

  get evented(): boolean {
    return this.#isWhole;
  }

  born(isAdopted: boolean): void {
    this.#scan.born(isAdopted);
    const { child } = this.root;
    if (child === null) return;
    if (this.#inside().some(({ pid }) => pid === child.pid)) this.#isWhole = true;
    else void this.#gather(child.pid);
  }

  async #gather(child: number): Promise<void> {
    try {
      mkdirSync(this.path, { recursive: true });
      await this.#move(child);
      for (let sweep = 0; sweep < SWEEPS_MAX && !this.#isRemoved; sweep++) {
        const inside = new Set(this.#inside().map(({ pid }) => pid));
        // Hardly ever is anybody outside. Where somebody is, more may be on the way.
        const urgency = sweep === 0 ? 'soon' : 'now';
        const outside = (await this.#scan.members(true, urgency)).filter(({ pid }) => !inside.has(pid));
        if (outside.length === 0) {
          this.#isWhole = true;
          break;
        }
        for (const { pid } of outside) await this.#move(pid);
      }
    } catch {
      // It ended meanwhile, or the cgroup cannot be made any more: the scan does it.
    }
    // The run was over before it was gathered: nothing is in there.
    if (this.#isRemoved) this.#removeNow();
  }

  /** Off the loop's thread: the kernel may take 10 ms over it. A process that ended meanwhile is no trouble. */
  #move(pid: number): Promise<void> {
    return writeFile(join(this.path, 'cgroup.procs'), String(pid), { flag: 'r+' }).catch((error) => {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    });
  }

  async members(thorough: boolean): Promise<readonly Member[]> {
    const inside = this.#isPopulated() ? this.#inside() : [];
    if (this.#isWhole && !thorough) return inside;
    this.#scan.remember(inside);
    return this.#scan.members();
  }

  #isPopulated(): boolean {
    return /^populated 1$/m.test(readText(join(this.path, 'cgroup.events')));
  }

  #inside(): Member[] {
    const members: Member[] = [];
    for (const directory of withNested(this.path))
      for (const line of readText(join(directory, 'cgroup.procs')).split('\n')) {
        const stat = line === '' ? null : readStat(Number(line));
        if (stat !== null && isLiving(stat))
          members.push({ pid: stat.pid, startTicks: stat.startTicks, command: stat.name });
      }
    return members;
  }

  signal(...signals: string[]): Promise<Sent> {
    this.#scan.remember(this.#inside());
    return this.#scan.signal(...signals);
  }

  kill(): Promise<Sent> {
    this.#scan.remember(this.#inside());
    return this.#scan.kill(() => this.#killInside());
  }

  #killInside(): readonly string[] {
    try {
      // At once for all, also for those being forked this moment. Kernels before 5.14 do not have the file.
      writeFileSync(join(this.path, 'cgroup.kill'), '1', { flag: 'r+' });
      return ['cgroup'];
    } catch {
      return []; // then one by one, as the scan does for everyone outside
    }
  }

  onChange(listener: () => void): () => void {
    try {
      const watcher = watch(join(this.path, 'cgroup.events'), listener);
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      return () => {}; // no such cgroup yet, or no inotify watch left: the caller's own look finds it
    }
  }

  remove(): void {
    this.#isRemoved = true;
    setImmediate(() => this.#removeNow());
  }

  /** Off the way of a restart. */
  #removeNow(): void {
    removeCgroup(this.path);
  }
}

/** With all below it, as far as it is empty. */
export function removeCgroup(path: string): void {
  for (const directory of withNested(path).reverse())
    try {
      rmdirSync(directory);
    } catch {
      // Held by a zombie that its parent has not reaped; an empty cgroup costs nothing.
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

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
