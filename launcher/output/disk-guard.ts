/**
 * Keeps a reserve free on the disk of the runs while the manager is away for long. What it may take, in this order: what
 * the manager has; what ended runs still owe it, the oldest first; the oldest bytes of what lives. The last two are lost,
 * counted and told. The child is never made to wait, and where no hole can be made, its file is let grow.
 *
 * The kernel tells nobody that a disk fills. So it is looked at, the sooner the less room there is.
 */
import { statfsSync } from 'node:fs';
import type { OutputShipper } from './shipper';
import type { Tail } from './tail';

const LOOK_MS = { least: 100, most: 10_000 } as const;
/** The pace at which a disk can fill, to know when to look again. */
const FILLS_BYTES_PER_MS = 1_000_000;
/** Given up at once of one stream, so that the lost part is not all of one. */
const STEP_BYTES = 16 * 1024 * 1024;
const MIB = 1024 * 1024;

export class DiskGuard {
  #timer: NodeJS.Timeout | null = null;
  #isShort = false;
  /** Said to be of no help while the disk is short. */
  #saidUseless = new WeakSet<Tail>();
  #closed = false;

  /** @param reserveBytes null = 2 % of the disk, at most 256 MiB */
  constructor(
    private readonly directory: string,
    private readonly reserveBytes: number | null,
    private readonly shipper: OutputShipper,
    private readonly log: (level: 'info' | 'warn' | 'error', message: string) => void,
  ) {
    this.#arm(LOOK_MS.least);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #arm(delayMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#look(), delayMs).unref();
  }

  async #look(): Promise<void> {
    let nextMs: number = LOOK_MS.most;
    try {
      const room = this.#room();
      if (room < 0) await this.#relieve(-room);
      else {
        this.#isShort = false;
        this.#saidUseless = new WeakSet();
      }
      if (!this.#closed) nextMs = Math.max(LOOK_MS.least, this.#room() / FILLS_BYTES_PER_MS);
    } catch (error) {
      // The disk cannot be looked at (somebody took the directory away), and what runs goes on without.
      if (!this.#closed) this.log('warn', (error as Error).message);
    }
    this.#arm(Math.min(LOOK_MS.most, nextMs));
  }

  /** Bytes above the reserve; negative = missing. */
  #room(): number {
    const { blocks, bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize - (this.reserveBytes ?? Math.min(256 * MIB, (blocks * bsize) / 50));
  }

  async #relieve(missing: number): Promise<void> {
    for (const tail of this.shipper.tails) await this.#whileQuiet(tail, async () => void (await tail.free(0)));
    const still = -this.#room();
    if (still <= 0) return;
    const given = await this.#giveUp(still);
    if (this.#isShort) return;
    this.#isShort = true;
    this.log(
      'warn',
      `the disk of ${this.directory} is ${missing} bytes short of its reserve (--disk-reserve); ` +
        (given > 0
          ? `${given} bytes of output that the manager does not have were given up, the oldest first`
          : 'there is no output here that could be given up'),
    );
  }

  async #giveUp(missing: number): Promise<number> {
    const { tails } = this.shipper;
    let given = 0;
    for (const among of [tails.filter(({ isComplete }) => isComplete), tails.filter(({ isComplete }) => !isComplete)])
      for (let took = 1; took > 0 && given < missing;) {
        took = 0;
        for (const tail of among)
          if (given + took < missing)
            await this.#whileQuiet(tail, async () => void (took += await tail.giveUp(STEP_BYTES)));
        given += took;
      }
    return given;
  }

  /** One that has no room to write down what goes keeps nobody from the others. */
  async #whileQuiet(tail: Tail, act: () => Promise<void>): Promise<void> {
    try {
      await this.shipper.whileQuiet(tail, act);
    } catch (error) {
      if (this.#saidUseless.has(tail)) return;
      this.#saidUseless.add(tail);
      this.log('warn', `output of ${tail.process} (run ${tail.run}) cannot be given up: ${(error as Error).message}`);
    }
  }
}
