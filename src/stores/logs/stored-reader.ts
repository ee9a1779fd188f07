/**
 * Reads a stream's bytes wherever they lie: in which segment, plain or packed. It reads by the files and not by what the
 * table says of them, for both can change while somebody reads: a segment is packed, or forgotten.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { PackedReader } from './keeping/packed-segment';
import { packedPath, plainPath } from './paths';
import { segmentAt, type Segment, type StoredBytes } from './stored-bytes';

interface OpenSegment {
  readonly segment: Segment;
  readonly reader: { read(into: Buffer, at: number, size: number, position: number): Promise<number> };
  close(): Promise<void>;
}

export class StoredReader {
  private open: OpenSegment | null = null;

  constructor(private readonly stored: StoredBytes) {}

  /** Fills the buffer's first `size` bytes; shorter where what is stored ends, or was forgotten meanwhile. */
  async read(buffer: Buffer, position: number, size: number): Promise<Buffer> {
    let have = 0;
    while (have < size) {
      const at = position + have;
      const segment = segmentAt(this.stored.segments, at);
      if (segment === null) break;
      if (this.open?.segment !== segment) await this.change(segment);
      if (this.open === null) break;
      const inside = at - segment.begin;
      const wanted = Math.min(size - have, segment.bytes - inside);
      const got = await this.open.reader.read(buffer, have, wanted, inside);
      if (got === 0) break;
      have += got;
    }
    return buffer.subarray(0, have);
  }

  async close(): Promise<void> {
    await this.open?.close();
    this.open = null;
  }

  private async change(segment: Segment): Promise<void> {
    await this.close();
    this.open = await openSegment(this.stored.stem, segment);
  }
}

/** Null = it was forgotten after somebody listed it. */
async function openSegment(stem: string, segment: Segment): Promise<OpenSegment | null> {
  // Plain first: while one is being packed both are there, and the plain one costs nothing to read.
  const plain = await openIfThere(plainPath(stem, segment.begin));
  if (plain !== null)
    return {
      segment,
      reader: { read: async (into, at, size, position) => (await plain.read(into, at, size, position)).bytesRead },
      close: () => plain.close(),
    };
  const packed = await openIfThere(packedPath(stem, segment.begin));
  if (packed === null) return null;
  try {
    return { segment, reader: await PackedReader.open(packed), close: () => packed.close() };
  } catch (error) {
    await packed.close();
    throw error;
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
