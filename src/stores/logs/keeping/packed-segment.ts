/**
 * A packed segment: a gzip file that `zcat` and `zgrep` read, and that can be read from any offset.
 *
 * It is a row of gzip members, each a block of BLOCK_BYTES of output (the last one shorter). One more member, of no bytes,
 * carries in the extra field of its header what the others take: so a block is found without reading those before it.
 * The field ends with the segment's length (u64) and the number of blocks (u32), right before the file's last ten bytes.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Large enough to compress well, small enough that one line costs one of them. */
const BLOCK_BYTES = 256 * 1024;
/** The fastest: output is packed once and mostly never read again. */
const LEVEL = 1;
/** An empty deflate block, and CRC and length of nothing. */
const NOTHING = Buffer.from([0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const TAIL_BYTES = 8 + 4;
/** Two letters name a field of a gzip header; nobody has registered these. */
const FIELD_ID = 'PG';

/**
 * Writes [0, bytes) of a plain segment packed, off the loop: zlib works in its threads. Fsynced, because the plain file
 * goes afterwards and the launcher's copy is long gone.
 */
export async function packSegment(plain: FileHandle, bytes: number, packed: FileHandle): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  const sizes: number[] = [];
  for (let at = 0; at < bytes;) {
    const { bytesRead } = await plain.read(buffer, 0, Math.min(BLOCK_BYTES, bytes - at), at);
    if (bytesRead === 0) throw new Error(`the segment ends at ${at} of ${bytes} bytes`);
    // A block is whole: a short read (never seen on a disk) would shift all that come after it.
    if (bytesRead < BLOCK_BYTES && at + bytesRead < bytes) throw new Error(`a read came short at ${at}`);
    const member = await compress(buffer.subarray(0, bytesRead), { level: LEVEL });
    await packed.writeFile(member);
    sizes.push(member.length);
    at += bytesRead;
  }
  await packed.writeFile(indexMember(sizes, bytes));
  await packed.sync();
}

function indexMember(sizes: readonly number[], bytes: number): Buffer {
  const field = Buffer.alloc(sizes.length * 4 + TAIL_BYTES);
  sizes.forEach((size, i) => field.writeUInt32LE(size, i * 4));
  field.writeBigUInt64LE(BigInt(bytes), field.length - TAIL_BYTES);
  field.writeUInt32LE(sizes.length, field.length - 4);
  const head = Buffer.alloc(16);
  head.set([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]);
  head.writeUInt16LE(field.length + 4, 10);
  head.write(FIELD_ID, 12, 'latin1');
  head.writeUInt16LE(field.length, 14);
  return Buffer.concat([head, field, NOTHING]);
}

/** A segment's length when unpacked; null = the file is none of ours, or not whole. */
export function packedSize(path: string): number | null {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(TAIL_BYTES + NOTHING.length);
    if (size < tail.length || readSync(fd, tail, 0, tail.length, size - tail.length) < tail.length) return null;
    return tail.subarray(TAIL_BYTES).equals(NOTHING) ? Number(tail.readBigUInt64LE(0)) : null;
  } finally {
    closeSync(fd);
  }
}

/** Reads a packed segment from any place. The block read last stays unpacked: readers go on where they were. */
export class PackedReader {
  private block: { readonly index: number; readonly bytes: Buffer } | null = null;

  private constructor(
    private readonly handle: FileHandle,
    /** Where each block begins in the file, and where the last one ends. */
    private readonly places: readonly number[],
  ) {}

  static async open(handle: FileHandle): Promise<PackedReader> {
    const { size } = await handle.stat();
    const count = (await exactly(handle, size - NOTHING.length - 4, 4)).readUInt32LE(0);
    const sizes = await exactly(handle, size - NOTHING.length - TAIL_BYTES - count * 4, count * 4);
    const places = [0];
    for (let i = 0; i < count; i++) places.push((places[i] ?? 0) + sizes.readUInt32LE(i * 4));
    return new PackedReader(handle, places);
  }

  /** The bytes at `position`, at most `size`; fewer where a block ends, none at the end. */
  async read(into: Buffer, at: number, size: number, position: number): Promise<number> {
    const index = Math.floor(position / BLOCK_BYTES);
    if (index >= this.places.length - 1) return 0;
    if (this.block?.index !== index) this.block = { index, bytes: await this.unpack(index) };
    const from = position - index * BLOCK_BYTES;
    return this.block.bytes.copy(into, at, from, from + size);
  }

  private async unpack(index: number): Promise<Buffer> {
    const [from = 0, to = 0] = this.places.slice(index, index + 2);
    return expand(await exactly(this.handle, from, to - from));
  }
}

async function exactly(handle: FileHandle, position: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(size);
  const { bytesRead } = await handle.read(buffer, 0, size, position);
  if (bytesRead < size) throw new Error(`a packed segment ends at ${position + bytesRead}, in the middle of a block`);
  return buffer;
}
