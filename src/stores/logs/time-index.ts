/**
 * When bytes arrived, to the second: records of (offset u64, ms u64), little-endian, at most one per second and run,
 * never one per line. A record says: the bytes from `offset` on arrived at `ms` or later, and those up to the next
 * record less than a second after it, or there would be another. Both columns only rise, so it is searched by halves.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { StoredFile } from './catalogue';
import type { OpenFiles } from './open-files';

const RECORD_BYTES = 16;
export const RESOLUTION_MS = 1000;

/** Notes that the bytes at `offset` arrived now, unless the last record still covers them. */
export function noteTime(
  file: StoredFile,
  offset: number,
  { now, open }: { readonly now: () => number; readonly open: OpenFiles },
): void {
  const ms = now();
  if (ms - file.timedAtMs < RESOLUTION_MS) return;
  const fd = open.acquire(file.paths.times);
  try {
    const records = Math.floor(fstatSync(fd).size / RECORD_BYTES);
    if (records > 0) file.timedAtMs = readRecord(fd, records - 1).ms;
    // Also when the clock was set back: the columns must rise, so time stands still until it has caught up.
    if (ms - file.timedAtMs < RESOLUTION_MS) return;
    file.timedAtMs = ms;
    const record = Buffer.alloc(RECORD_BYTES);
    record.writeBigUInt64LE(BigInt(offset), 0);
    record.writeBigUInt64LE(BigInt(ms), 8);
    writeSync(fd, record, 0, RECORD_BYTES, records * RECORD_BYTES);
  } finally {
    open.release(file.paths.times, fd);
  }
}

interface TimeRecord {
  readonly offset: number;
  readonly ms: number;
}

/** Looks times up in one run's index. Close it after use. */
export class TimeIndex {
  private readonly fd: number | null;
  private readonly records: number;
  /** Neighbouring lines mostly share a record. */
  private last: { readonly from: number; readonly to: number; readonly ms: number } | null = null;

  /** @param path of the stream's index; it may be absent */
  constructor(path: string) {
    this.fd = openIfThere(path);
    this.records = this.fd === null ? 0 : Math.floor(fstatSync(this.fd).size / RECORD_BYTES);
  }

  /** When the byte at `offset` arrived; null = before the first record. */
  at(offset: number): number | null {
    if (this.last && this.last.from <= offset && offset < this.last.to) return this.last.ms;
    const next = this.firstWhere((record) => record.offset > offset);
    const record = this.record(next - 1);
    if (!record) return null;
    this.last = { from: record.offset, to: this.record(next)?.offset ?? Infinity, ms: record.ms };
    return record.ms;
  }

  /** Where the bytes begin that arrived at or after `ms`, up to a second early; null = none did. */
  since(ms: number): number | null {
    const next = this.firstWhere((record) => record.ms > ms);
    const before = this.record(next - 1);
    if (before && ms - before.ms < RESOLUTION_MS) return before.offset;
    return this.record(next)?.offset ?? null;
  }

  close(): void {
    if (this.fd !== null) closeSync(this.fd);
  }

  private firstWhere(holds: (record: TimeRecord) => boolean): number {
    let low = 0;
    let high = this.records;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.record(middle)!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private record(index: number): TimeRecord | null {
    return this.fd === null || index < 0 || index >= this.records ? null : readRecord(this.fd, index);
  }
}

function readRecord(fd: number, index: number): TimeRecord {
  const record = Buffer.alloc(RECORD_BYTES);
  readSync(fd, record, 0, RECORD_BYTES, index * RECORD_BYTES);
  return { offset: Number(record.readBigUInt64LE(0)), ms: Number(record.readBigUInt64LE(8)) };
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
