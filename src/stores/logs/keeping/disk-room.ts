/**
 * How full the disk is that the output lies on. The reserve is what is always left free: the ledger lies there too, and
 * a manager that cannot write its ledger must end.
 */
import { statfsSync } from 'node:fs';

/** Looked at again after so many bytes or so long, whichever comes first: looking costs some microseconds. */
const LOOK_BYTES = 4 * 1024 * 1024;
const LOOK_MS = 1000;
const MIB = 1024 * 1024;

export class DiskRoom {
  private missing = 0;
  private lookedAtMs = -Infinity;
  private grownBytes = 0;

  /** @param reserveBytes null = 2 % of the disk, at most 512 MiB */
  constructor(
    private readonly dir: string,
    private readonly reserveBytes: number | null,
    private readonly now: () => number,
  ) {}

  grown(bytes: number): void {
    this.grownBytes += bytes;
  }

  /** What must be freed before the reserve is whole again; 0 = nothing. */
  missingBytes(): number {
    const nowMs = this.now();
    // Either way: the clock may be set back.
    if (this.grownBytes < LOOK_BYTES && Math.abs(nowMs - this.lookedAtMs) < LOOK_MS) return this.missing;
    this.lookedAtMs = nowMs;
    this.grownBytes = 0;
    const { blocks, bavail, bsize } = statfsSync(this.dir);
    const reserve = this.reserveBytes ?? Math.min(512 * MIB, (blocks * bsize) / 50);
    this.missing = Math.max(0, Math.ceil(reserve - bavail * bsize));
    return this.missing;
  }
}
