/** Descriptors of the runs written lately, at most so many: an append must not open its file anew each time. */
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** Open runs at once. A process may have 1024 descriptors by default, and sockets need theirs. */
const OPEN_RUNS_MAX = 256;

interface OpenFile {
  readonly fd: number;
  users: number;
}

export class OpenFiles {
  /** Least recently used first. */
  private readonly files = new Map<string, OpenFile>();

  /** The descriptor stays open until the matching `release`, and usually long after. */
  acquire(path: string): number {
    const file = this.files.get(path) ?? { fd: openForWriting(path), users: 0 };
    file.users++;
    this.files.delete(path);
    this.files.set(path, file);
    if (this.files.size > OPEN_RUNS_MAX) this.evict();
    return file.fd;
  }

  release(path: string, fd: number): void {
    const file = this.files.get(path);
    if (file?.fd === fd) file.users--;
    else closeSync(fd); // dropped while it was in use
  }

  /** The path is about to be another file, or none. */
  drop(path: string): void {
    const file = this.files.get(path);
    if (!file) return;
    this.files.delete(path);
    if (file.users === 0) closeSync(file.fd);
  }

  closeAll(): void {
    for (const path of [...this.files.keys()]) this.drop(path);
  }

  private evict(): void {
    for (const [path, { users }] of this.files)
      if (users === 0) {
        this.drop(path);
        return;
      }
  }
}

/** Not O_APPEND: Linux would then put every write at the end, whatever position it was given. */
function openForWriting(path: string): number {
  const flags = constants.O_RDWR | constants.O_CREAT;
  try {
    return openSync(path, flags, 0o640);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    return openSync(path, flags, 0o640);
  }
}
