/**
 * One run's output file and how far the manager has it.
 *
 * Between two pieces the file is watched, so a lone line is on its way at once. While bytes keep coming the watch is
 * off and the file is looked at by a short tick: the kernel tells every single write, and at 70,000 writes a second
 * hearing of them costs more than the bytes do.
 */
import { close, fstat, open, read, watch, type FSWatcher } from 'node:fs';
import { promisify } from 'node:util';
import type { ProcessName, RunId } from '../../protocol/ids';

const openFile = promisify(open);
const readFile = promisify(read);
const statFile = promisify(fstat);

/** Between looks while bytes keep coming. */
const HOT_TICK_MS = 50;

export class Tail {
  /** How much the manager has; null = it has not said yet. */
  offset: number | null = null;
  /** The run is over: the file grows no more. */
  isComplete = false;
  isInFlight = false;
  /** Failures in a row. */
  failures = 0;
  #fd: number | null = null;
  #watcher: FSWatcher | null = null;
  #tick: NodeJS.Timeout | null = null;

  constructor(
    readonly process: ProcessName,
    readonly run: RunId,
    private readonly path: string,
    /** There may be something to ship. */
    private readonly ready: (tail: Tail) => void,
  ) {}

  /** Bytes the manager does not have. */
  async waiting(): Promise<number> {
    if (this.offset === null) return 0;
    this.#fd ??= await openFile(this.path, 'r').catch(() => null);
    if (this.#fd === null) return 0;
    return Math.max(0, (await statFile(this.#fd)).size - this.offset);
  }

  /** Reads on from the offset. Returns the bytes read. */
  async read(into: Buffer): Promise<Buffer> {
    if (this.#fd === null || this.offset === null) return into.subarray(0, 0);
    const { bytesRead } = await readFile(this.#fd, into, 0, into.length, this.offset);
    return into.subarray(0, bytesRead);
  }

  /** Looks again after `ms`: the file is hot, or the manager did not take the last piece. */
  lookLater(ms = HOT_TICK_MS): void {
    this.rest();
    this.#tick = setTimeout(() => {
      this.#tick = null;
      this.ready(this);
    }, ms);
  }

  /** Waits for the next write. The caller looks once more afterwards: a write may have come before the watch. */
  watch(): void {
    this.rest();
    try {
      this.#watcher = watch(this.path, () => {
        this.rest();
        this.ready(this);
      });
      this.#watcher.on('error', () => this.lookLater());
    } catch {
      this.lookLater(250); // no inotify watch left (fs.inotify.max_user_watches): looking is the only way
    }
  }

  /** Neither watches nor ticks. */
  rest(): void {
    this.#watcher?.close();
    this.#watcher = null;
    if (this.#tick !== null) clearTimeout(this.#tick);
    this.#tick = null;
  }

  close(): void {
    this.rest();
    if (this.#fd !== null) close(this.#fd, () => {});
    this.#fd = null;
    this.offset = null;
  }
}
