/**
 * Writing. The bytes go as they come, straight to their position: while one write is under way what arrives is
 * gathered, and the next write takes all of it, so that a fast sender is written in large pieces and a slow one at
 * once. The file's length grows only after its bytes are there, so it never promises a hole.
 */
import { write, writeSync, writev } from 'node:fs';
import { promisify } from 'node:util';
import { Refusal } from '../../../protocol/errors';
import type { StoredFile } from './catalogue';
import type { OpenFiles } from './open-files';
import { noteTime } from './time-index';
import type { Viewers } from './viewers';

const writeAt = promisify(write);
const writeAllAt = promisify(writev);

/** Gathered while a write is under way; beyond it the sender waits. Larger pieces measured no faster. */
const GATHERED_BYTES_MAX = 512 * 1024;
/** Linux takes no more in one writev. */
const GATHERED_SLICES_MAX = 1024;

export interface Sink {
  readonly open: OpenFiles;
  readonly viewers: Viewers;
  readonly now: () => number;
}

/**
 * Stores the body at the file's end. True when it ended properly; false when it broke off or the run was forgotten
 * meanwhile: what arrived is stored all the same. The caller holds `file.busy`.
 * @throws Refusal internal when the disk refuses
 */
export async function appendBody(file: StoredFile, body: AsyncIterable<Buffer>, sink: Sink): Promise<boolean> {
  const gather = new Gather(file, sink);
  // Not `for await`: leaving that early destroys a request, and with it the socket its answer should go to.
  const chunks = body[Symbol.asyncIterator]();
  let whole = true;
  try {
    for (;;) {
      const next = await chunks.next().catch(() => null);
      if (next === null) whole = false;
      if (next === null || next.done || file.gone) break;
      await gather.add(next.value);
    }
    await gather.finish();
  } finally {
    gather.release();
  }
  return whole && !file.gone;
}

/** A short piece at once: one system call, for lines that come one by one. */
export function appendNow(file: StoredFile, bytes: Buffer, sink: Sink): void {
  const fd = descriptorOf(file, sink);
  try {
    for (let done = 0; done < bytes.length;)
      done += writeSync(fd, bytes, done, bytes.length - done, file.length + done);
  } catch (error) {
    throw refusedByDisk(file, error);
  } finally {
    sink.open.release(file.paths.log, fd);
  }
  stored(file, [bytes], bytes.length, sink);
}

class Gather {
  private readonly fd: number;
  private slices: Buffer[] = [];
  private bytes = 0;
  private writing: Promise<void> | null = null;
  /** Wakes the sender when what was gathered is on its way; null = it does not wait. */
  private onRoom: (() => void) | null = null;
  private failure: Refusal | null = null;

  constructor(
    private readonly file: StoredFile,
    private readonly sink: Sink,
  ) {
    this.fd = descriptorOf(file, sink);
  }

  /** Returns when there is room for more. */
  async add(chunk: Buffer): Promise<void> {
    if (chunk.length === 0) return;
    this.slices.push(chunk);
    this.bytes += chunk.length;
    this.writing ??= this.drain();
    if (this.bytes >= GATHERED_BYTES_MAX || this.slices.length >= GATHERED_SLICES_MAX)
      await new Promise<void>((resolve) => (this.onRoom = resolve));
    this.check();
  }

  async finish(): Promise<void> {
    await this.writing;
    this.check();
  }

  release(): void {
    this.sink.open.release(this.file.paths.log, this.fd);
  }

  /** Never rejects: its failure is raised by whoever comes next, for nobody may be waiting when it happens. */
  private async drain(): Promise<void> {
    try {
      while (this.slices.length > 0 && !this.file.gone) {
        const { slices, bytes } = this;
        this.slices = [];
        this.bytes = 0;
        this.wake();
        await writeWhole(this.fd, slices, bytes, this.file.length);
        stored(this.file, slices, bytes, this.sink);
      }
    } catch (error) {
      this.failure = refusedByDisk(this.file, error);
    } finally {
      this.writing = null;
      this.wake();
    }
  }

  private wake(): void {
    this.onRoom?.();
    this.onRoom = null;
  }

  private check(): void {
    if (this.failure) throw this.failure;
  }
}

function descriptorOf(file: StoredFile, { open }: Sink): number {
  try {
    return open.acquire(file.paths.log);
  } catch (error) {
    throw refusedByDisk(file, error);
  }
}

/** A disk that is nearly full writes a part and says so only at the next try. */
async function writeWhole(fd: number, slices: Buffer[], bytes: number, position: number): Promise<void> {
  const [only] = slices;
  const { bytesWritten } =
    only && slices.length === 1 ? await writeAt(fd, only, 0, bytes, position) : await writeAllAt(fd, slices, position);
  if (bytesWritten === bytes) return;
  const rest = Buffer.concat(slices).subarray(bytesWritten);
  await writeWhole(fd, [rest], rest.length, position + bytesWritten);
}

function stored(file: StoredFile, slices: readonly Buffer[], bytes: number, sink: Sink): void {
  if (file.gone) return;
  const offset = file.length;
  file.length += bytes;
  sink.viewers.tell(file.ref, offset, slices);
  noteTime(file, offset, sink);
}

function refusedByDisk({ ref, length, paths }: StoredFile, error: unknown): Refusal {
  const { message } = error as Error;
  return new Refusal(
    'internal',
    `Could not store output of ${ref.worker}/${ref.process}, run ${ref.run}, at offset ${length} in ${paths.log}: ${message}. Make room or repair the disk; the launcher keeps the bytes and sends them again`,
  );
}
