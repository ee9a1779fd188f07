/**
 * A tree kept by the kernel in a cgroup of its own.
 *
 * A child without limits joins after its birth, not before: moving a process makes the kernel wait for a grace period (1 to
 * 10 ms on a quiet machine), and a start or restart need not. One with limits is born inside. What it forked meanwhile is swept in: the scan finds it, it is moved
 * too, and again until the scan finds nobody outside. From then on whatever is forked is born inside. Before that, and
 * for whoever left the cgroup (which takes root and a purpose), the tree is what the scan says.
 *
 * A shim that serves one run after another is itself in a cgroup, and whatever it forks is born there: then the tree is all
 * that is inside but the shim. Nothing is made, moved or swept for such a run, and nobody is outside who did not leave; but that
 * nobody is left is no event, because the shim stays.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, watch, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLiving } from '../core/proc-stat';
import { lookAt } from '../process/identity';
import type { ProcessIndex } from './process-index';
import type { Member, Sent, Tree, TreeRoot } from './tree';
import { ProcScanTree } from './tree-proc-scan';

/** Sweeps before it is given up and the scan stays the authority: a fork bomb outruns them. */
const SWEEPS_MAX = 20;
/** After so many rounds of SIGKILL one by one it is a bomb, and the shim goes with it. */
const ROUNDS_BESIDE_SHIM = 3;
/** An adopted one's has nobody to wait for. */
const SHIM_GOES_MS = 1_000;

export class CgroupTree implements Tree {
  readonly verifiedBy = 'cgroup';
  readonly #scan: ProcScanTree;
  /** Every member is inside. */
  #isWhole = false;
  #isRemoved = false;
  #isAdopted = false;
  #killRounds = 0;

  /** @param withShim the shim is inside too, and has had others there before */
  constructor(
    private readonly root: TreeRoot,
    private readonly path: string,
    index: ProcessIndex,
    private readonly withShim = false,
  ) {
    this.#scan = new ProcScanTree(root, index);
  }

  get evented(): boolean {
    return this.#isWhole && !this.withShim;
  }

  born(isAdopted: boolean): void {
    this.#scan.born(isAdopted);
    this.#isAdopted = isAdopted;
    const { child } = this.root;
    if (child === null) return;
    if (this.withShim) this.#isWhole = this.#holds(this.root.shim?.pid ?? child.pid);
    else if (this.#inside().some(({ pid }) => pid === child.pid)) this.#isWhole = true;
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
    const inside = orNull(() => (this.#isPopulated() ? this.#listed() : []));
    if (inside !== null && this.#isWhole && !thorough) return inside;
    this.#scan.remember(inside ?? []);
    return this.#scan.members();
  }

  #holds(pid: number): boolean {
    return orNull(() => readText(join(this.path, 'cgroup.procs')).split('\n').includes(String(pid))) ?? false;
  }

  #isPopulated(): boolean {
    return this.withShim || /^populated 1$/m.test(readText(join(this.path, 'cgroup.events')));
  }

  #inside(): readonly Member[] {
    return orNull(() => this.#listed()) ?? [];
  }

  #listed(): Member[] {
    const members: Member[] = [];
    for (const pid of listedIn(this.path)) {
      const stat = this.withShim && pid === this.root.shim?.pid ? null : lookAt(pid);
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
    if (this.withShim && ++this.#killRounds <= ROUNDS_BESIDE_SHIM) return [];
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
    if (!this.withShim) setImmediate(() => this.#removeNow());
    // The shim of an earlier launcher goes now. Of this one's, it is the pool's, but for what the run made below it.
    else if (this.#isAdopted) setTimeout(() => this.#removeNow(), SHIM_GOES_MS).unref();
    else removeNested(this.path);
  }

  /** Off the way of a restart. */
  #removeNow(): void {
    removeCgroup(this.path);
  }
}

/** Of the cgroup and of all below it, as far as it can be looked at. */
export const pidsIn = (path: string): number[] => orNull(() => listedIn(path)) ?? [];

const listedIn = (path: string): number[] =>
  [path, ...nestedIn(path)].flatMap((directory) =>
    readText(join(directory, 'cgroup.procs'))
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [Number(line)])),
  );

/** With all below it, as far as it is empty. */
export function removeCgroup(path: string): void {
  removeAll([path, ...(orNull(() => nestedIn(path)) ?? [])]);
}

const removeNested = (path: string): void => removeAll(orNull(() => nestedIn(path)) ?? []);

/** @param directories parents first */
function removeAll(directories: readonly string[]): void {
  for (const directory of [...directories].reverse())
    try {
      rmdirSync(directory);
    } catch {
      // Held by a zombie that its parent has not reaped; an empty cgroup costs nothing.
    }
}

/** All below it, parents first: a child may have made cgroups of its own (a container engine does). */
function nestedIn(path: string): string[] {
  const nested = ofThere(() => readdirSync(path, { withFileTypes: true }), []).filter((entry) => entry.isDirectory());
  return nested.flatMap(({ name }) => [join(path, name), ...nestedIn(join(path, name))]);
}

const readText = (path: string): string => ofThere(() => readFileSync(path, 'latin1'), '');

/** Of a cgroup that is not there, or goes this moment: nobody. Throws where it cannot be looked at: that says nothing. */
function ofThere<T>(look: () => T, nobody: T): T {
  try {
    return look();
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code)) return nobody;
    throw error;
  }
}

const GONE = new Set<unknown>(['ENOENT', 'ENODEV']);

/** Null = it cannot be looked at. */
function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
