/** A directory on a small filesystem of its own, that can be filled, made read-only, and set right. Needs root. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const BALLAST = 'ballast';
const BIND_TRIES = 50;

export class SmallDisk {
  #readOnly = false;

  constructor(
    readonly path: string,
    megabytes: number,
  ) {
    mount('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'procguard-chaos', path);
  }

  /** To the last byte. */
  fill(): void {
    const fd = openSync(join(this.path, BALLAST), 'w');
    const block = Buffer.alloc(64 * 1024, 'x');
    try {
      for (let size = block.length; size >= 1;) {
        try {
          if (writeSync(fd, block, 0, size) < size) size >>= 1;
        } catch {
          size >>= 1;
        }
      }
    } finally {
      closeSync(fd);
    }
  }

  /** For whatever is opened from now on, as after an error of the filesystem: a mount on top of it, read-only. */
  makeReadOnly(): void {
    for (let tries = 1; !this.#readOnly; tries++) {
      mount('mount', '--bind', this.path, this.path);
      try {
        mount('mount', '-o', 'remount,bind,ro', this.path);
        this.#readOnly = true;
      } catch (error) {
        // Somebody opened a file for writing between the two: busy, as long as that is open.
        mount('umount', '-l', this.path);
        if (tries === BIND_TRIES) throw error;
      }
    }
  }

  setRight(): void {
    if (this.#readOnly) mount('umount', '-l', this.path);
    this.#readOnly = false;
    rmSync(join(this.path, BALLAST), { force: true });
  }

  close(): void {
    this.setRight();
    mount('umount', '-l', this.path);
  }
}

/** Why there can be none here; null = there can. */
export const whyNoSmallDisks = (): string | null =>
  process.getuid?.() === 0 ? null : 'mounting a small filesystem needs root';

function mount(...words: string[]): void {
  const [program = '', ...rest] = words;
  const { status, stderr } = spawnSync(program, rest, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr.trim()}`);
}
