/**
 * A look at a shim that serves one run after another, between two of them: through descriptors that stay open, because it is
 * taken after each of them, and a hundred may end in a second.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from '../store/text-of';

/** A directory without others in it, as cgroups of version 2 count them. */
const LINKS_OF_ONE = 2;

export class ShimLook {
  readonly #opened: number[] = [];
  readonly #members: number;
  readonly #cgroup: number;
  readonly #stat: number;
  readonly #oomScore: number;
  readonly #manners: string;

  /** Throws where a file cannot be opened. */
  constructor(
    private readonly shim: number,
    cgroup: string,
  ) {
    try {
      this.#members = this.#open(join(cgroup, 'cgroup.procs'));
      this.#cgroup = this.#open(cgroup);
      this.#stat = this.#open(`/proc/${shim}/stat`);
      this.#oomScore = this.#open(`/proc/${shim}/oom_score_adj`);
    } catch (error) {
      this.close();
      throw error;
    }
    this.#manners = this.#readManners();
  }

  #open(path: string): number {
    const fd = openSync(path, 'r');
    this.#opened.push(fd);
    return fd;
  }

  /** Nobody else is in its cgroup or in one below it, and it is as it was. Where that cannot be seen, it is not so. */
  get isClear(): boolean {
    try {
      return (
        textOf(this.#members) === `${this.shim}\n` &&
        fstatSync(this.#cgroup).nlink === LINKS_OF_ONE &&
        this.#readManners() === this.#manners
      );
    } catch {
      return false;
    }
  }

  /** What a run can change of its shim, and the next one would have from it: its niceness, and how readily it is killed for memory. */
  get isAsItWas(): boolean {
    try {
      return this.#readManners() === this.#manners;
    } catch {
      return false;
    }
  }

  #readManners(): string {
    const stat = textOf(this.#stat);
    const nice = stat.slice(stat.lastIndexOf(')')).split(' ')[17];
    return `${nice} ${textOf(this.#oomScore)}`;
  }

  close(): void {
    for (const fd of this.#opened.splice(0)) closeSync(fd);
  }
}
