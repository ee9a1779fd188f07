/**
 * The lines of a file that grows, from an offset on, as they come.
 *
 * While nothing comes the file is watched, so a lone line is heard at once and a quiet process costs nothing. While bytes
 * keep coming the watch is off and the file is read by a short tick, as the shipper does: being told of every single
 * write costs more than the bytes do. What is read behind the writer waits in the file, never in memory.
 */
import { close, fstat, open, read, watch, type FSWatcher } from 'node:fs';
import { promisify } from 'node:util';
import { presentFrom } from '../output/account';
import { Gate } from './gate';
import { LineSplitter } from './line-splitter';

const openFile = promisify(open);
const readFile = promisify(read);
const statFile = promisify(fstat);

const PIECE_BYTES = 64 * 1024;
/** Between looks while bytes keep coming. */
const HOT_TICK_MS = 50;
/** Between looks where the file cannot be watched (fs.inotify.max_user_watches) or opened. */
const COLD_TICK_MS = 1_000;
/** Of this whole launcher at a time: this many pieces are in memory. */
const READS_AT_ONCE_MAX = 4;
const gate = new Gate(READS_AT_ONCE_MAX);
const buffers: Buffer[] = [];

export class LineFollower {
  readonly #splitter: LineSplitter;
  #fd: number | null = null;
  #watcher: FSWatcher | null = null;
  #tick: NodeJS.Timeout | null = null;
  #isReading = false;
  #isReleased = false;

  /** @param offset how much of the file is passed over, and then how much was read */
  constructor(
    private readonly path: string,
    public offset: number,
    line: (text: string) => void,
  ) {
    this.#splitter = new LineSplitter(line);
    this.#look();
  }

  #look(): void {
    if (this.#isReading || this.#isReleased) return;
    this.#isReading = true;
    this.#rest();
    void this.#readOn()
      .catch(() => null)
      .then((bytes) => {
        this.#isReading = false;
        if (this.#isReleased) return this.#close();
        if (bytes === null) return this.#lookIn(COLD_TICK_MS);
        if (bytes === PIECE_BYTES) return this.#look();
        if (bytes > 0) return this.#lookIn(HOT_TICK_MS);
        this.#watch();
      });
  }

  /** One piece. */
  #readOn(): Promise<number> {
    return gate.through(async () => {
      const fd = (this.#fd ??= await openFile(this.path, 'r'));
      const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
      try {
        const { bytesRead } = await readFile(fd, buffer, 0, PIECE_BYTES, this.offset);
        if (this.#isReleased) return 0;
        if (bytesRead > 0 && buffer[0] === 0 && this.#passFreed()) return PIECE_BYTES;
        this.offset += bytesRead;
        this.#splitter.take(buffer.subarray(0, bytesRead));
        return bytesRead;
      } finally {
        buffers.push(buffer);
      }
    });
  }

  /** What is far behind the writer may be freed before it is read here: a hole, which reads as zeros. */
  #passFreed(): boolean {
    const present = presentFrom(this.path);
    if (present <= this.offset) return false;
    this.offset = present;
    return true;
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.path, () => this.#look());
      this.#watcher.on('error', () => this.#lookIn(COLD_TICK_MS));
    } catch {
      return this.#lookIn(COLD_TICK_MS);
    }
    void this.#missed().catch(() => this.#lookIn(COLD_TICK_MS));
  }

  /** A write between the last look and the watch would never be heard of. */
  async #missed(): Promise<void> {
    if (this.#fd === null) return;
    const { size } = await statFile(this.#fd);
    if (this.#isReleased) return;
    if (size < this.offset) this.offset = 0; // somebody emptied it: what is written now begins at its head
    if (size !== this.offset) this.#look();
  }

  #lookIn(ms: number): void {
    if (this.#isReleased) return;
    this.#rest();
    this.#tick = setTimeout(() => this.#look(), ms);
  }

  #rest(): void {
    this.#watcher?.close();
    this.#watcher = null;
    if (this.#tick !== null) clearTimeout(this.#tick);
    this.#tick = null;
  }

  /** Never under a read: the descriptor's number could belong to another file before the read happens. */
  #close(): void {
    if (this.#fd !== null) close(this.#fd, () => {});
    this.#fd = null;
  }

  release(): void {
    this.#isReleased = true;
    this.#rest();
    if (!this.#isReading) this.#close();
  }
}
