/**
 * Writing. The bytes go as they come, straight to their position: while one write is under way what arrives is
 * gathered, and the next write takes all of it, so that a fast sender is written in large pieces and a slow one at
 * once. The stream's length grows only after its bytes are there, so it never promises a hole.
 *
 * They go into the last segment; when that is full, or was packed, or a gap came after it, a new one begins.
 */
import { write, writeSync, writev } from 'node:fs';
import { promisify } from 'node:util';
import { Refusal } from '../../../protocol/errors';
import type { StoredFile } from './catalogue';
import type { OpenFiles } from './open-files';
import { plainPath } from './paths';
import type { Segment } from './stored-bytes';
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
  /** A segment of this length gets no more bytes. */
  readonly segmentBytes: number;
  /** So many bytes were stored. */
  readonly grown: (bytes: number) => void;
  /** The time of bytes that are stored could not be. */
  readonly untimed: (file: StoredFile, why: string) => void;
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
  const segment = segmentToWrite(file, sink);
  const path = plainPath(file.stem, segment.begin);
  const fd = descriptorOf(file, path, sink);
  const position = file.length - segment.begin;
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  } catch (error) {
    throw refusedByDisk(file, error);
  } finally {
    sink.open.release(path, fd);
  }
  stored(file, segment, [bytes], bytes.length, sink);
}

class Gather {
  private target: Target;
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
    this.target = this.open(segmentToWrite(file, sink));
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
    this.sink.open.release(this.target.path, this.target.fd);
  }

  private open(segment: Segment): Target {
    const path = plainPath(this.file.stem, segment.begin);
    return { segment, path, fd: descriptorOf(this.file, path, this.sink) };
  }

  /** Where the next bytes go. */
  private turnTo(segment: Segment): Target {
    if (segment === this.target.segment) return this.target;
    const next = this.open(segment);
    this.release();
    return (this.target = next);
  }

  /** Never rejects: its failure is raised by whoever comes next, for nobody may be waiting when it happens. */
  private async drain(): Promise<void> {
    try {
      while (this.slices.length > 0 && !this.file.gone) {
        const { slices, bytes } = this;
        this.slices = [];
        this.bytes = 0;
        this.wake();
        const { fd, segment } = this.turnTo(segmentToWrite(this.file, this.sink));
        await writeWhole(fd, slices, bytes, this.file.length - segment.begin);
        stored(this.file, segment, slices, bytes, this.sink);
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

interface Target {
  readonly segment: Segment;
  readonly path: string;
  readonly fd: number;
}

/** The segment that the byte at the stream's length belongs to. */
function segmentToWrite(file: StoredFile, { segmentBytes, now }: Sink): Segment {
  const last = file.segments.at(-1);
  const isOpen = last?.form === 'plain' && last.begin + last.bytes === file.length && last.bytes < segmentBytes;
  if (isOpen) return last;
  const begun: Segment = { begin: file.length, bytes: 0, form: 'plain', diskBytes: 0, writtenAtMs: now() };
  if (file.segments.length === 0) file.begin = Math.max(file.begin, file.length);
  // One of no bytes would stand at the same place.
  if (last?.begin === file.length) file.segments.pop();
  file.segments.push(begun);
  return begun;
}

function descriptorOf({ ref, length }: StoredFile, path: string, { open }: Sink): number {
  try {
    return open.acquire(path);
  } catch (error) {
    throw refusedByDisk({ ref, length }, error);
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

function stored(file: StoredFile, segment: Segment, slices: readonly Buffer[], bytes: number, sink: Sink): void {
  if (file.gone) return;
  const offset = file.length;
  file.length += bytes;
  segment.bytes += bytes;
  segment.diskBytes += bytes;
  segment.writtenAtMs = sink.now();
  sink.viewers.tell(file, offset, slices);
  try {
    noteTime(file, offset, sink);
  } catch (error) {
    // Refusing them now would have them sent, and stored, again.
    sink.untimed(file, (error as Error).message);
  }
  sink.grown(bytes);
}

function refusedByDisk({ ref, length }: Pick<StoredFile, 'ref' | 'length'>, error: unknown): Refusal {
  const { message } = error as Error;
  return new Refusal(
    'internal',
    `Could not store output of ${ref.worker}/${ref.process}, run ${ref.run}, at offset ${length}: ${message}. Make room or repair the disk; the launcher keeps the bytes and sends them again`,
  );
}
