/**
 * Packs segments that are written no more, one at a time and in zlib's own threads, so that neither the loop nor a second
 * core is taken away from anybody. A crash in the middle leaves the plain segment, and it is packed another time.
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import type { StoredFile } from '../catalogue';
import type { OpenFiles } from '../open-files';
import { packSegment } from './packed-segment';
import { packedPath, plainPath } from '../paths';
import type { Segment } from '../stored-bytes';

/** Smaller ones are not worth it: a file takes a block of the disk anyway. */
const PACKED_BYTES_MIN = 64 * 1024;

export class Packing {
  private readonly queue: { readonly file: StoredFile; readonly segment: Segment }[] = [];
  private working: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly openFiles: OpenFiles,
    private readonly failed: (sentence: string) => void,
  ) {}

  /** Nobody writes to the segment from now on. */
  add(file: StoredFile, segment: Segment): void {
    if (this.closed || segment.form !== 'plain' || segment.bytes < PACKED_BYTES_MIN) return;
    segment.form = 'packing';
    this.queue.push({ file, segment });
    this.working ??= this.work().finally(() => (this.working = null));
  }

  /** Done with everything that was added. */
  async settled(): Promise<void> {
    await this.working;
  }

  /** Done with the segment in hand; the others stay plain. */
  async close(): Promise<void> {
    this.closed = true;
    this.queue.length = 0;
    await this.working;
  }

  private async work(): Promise<void> {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      const { file, segment } = next;
      try {
        await this.pack(file, segment);
      } catch (error) {
        segment.form = 'plain';
        if (!isForgotten(file, segment))
          this.failed(
            `output of ${file.ref.worker}/${file.ref.process} stays uncompressed: ${(error as Error).message}`,
          );
      }
    }
  }

  private async pack(file: StoredFile, segment: Segment): Promise<void> {
    if (isForgotten(file, segment)) return;
    const plain = plainPath(file.stem, segment.begin);
    const packed = packedPath(file.stem, segment.begin);
    const from = await open(plain, 'r');
    const to = await open(`${packed}.t`, 'w', 0o640).catch((error: unknown) =>
      from.close().then(() => Promise.reject(error as Error)),
    );
    try {
      await packSegment(from, segment.bytes, to);
    } catch (error) {
      await rm(`${packed}.t`, { force: true });
      throw error;
    } finally {
      await Promise.all([from.close(), to.close()]);
    }
    await rename(`${packed}.t`, packed);
    // A clear or retention may have come meanwhile: then the name may be somebody else's next.
    if (isForgotten(file, segment)) return rm(packed, { force: true });
    segment.diskBytes = (await stat(packed)).size;
    segment.form = 'packed';
    this.openFiles.drop(plain);
    await rm(plain, { force: true });
  }
}

const isForgotten = (file: StoredFile, segment: Segment): boolean => file.gone || !file.segments.includes(segment);
