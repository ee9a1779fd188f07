/**
 * What a launcher remembers of a process across its own lives: definition, wish, state, restart history, owed and given
 * answers. One file per process, so that a change costs the same with one process and with a thousand.
 *
 * A journal: each change appends the whole record as one line, the last whole line counts. One write to an open file,
 * so it costs microseconds, and a launcher killed in the middle of it leaves the record before. Written before anything
 * is done. Flushed to the disk only when the wish changed ("stopped stays stopped" must outlive a power cut); all else
 * describes processes, and after a power cut there are none.
 */
import { closeSync, fsync, fsyncSync, fstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CommandId } from '../../protocol/ids';
import { CommandResult } from '../../protocol/link';
import { Supervised } from '../core/supervisor-state';
import { flushDirectory } from './durable-file';

export const ProcessRecord = z.object({
  version: z.literal(1),
  /** Who defined it last. `nobody`: it left the launcher's file. */
  origin: z.enum(['command-line', 'file', 'manager', 'nobody']),
  supervised: Supervised,
  /** The newest answers, to recognise a repeated command. */
  answered: z.array(z.object({ command: CommandId, result: CommandResult })),
  /** It runs elsewhere now, or nobody defines it any more: forgotten as soon as it is stopped. */
  superseded: z.boolean(),
  /** Forgotten; only its output is still on its way. */
  forgotten: z.boolean(),
});
export type ProcessRecord = z.infer<typeof ProcessRecord>;

/** As any version wrote it: an earlier one kept `startAgain` beside the process. */
const Stored = ProcessRecord.extend({ startAgain: z.boolean().default(false) }).transform(
  ({ startAgain, ...record }): ProcessRecord =>
    startAgain ? { ...record, supervised: { ...record.supervised, startAgain } } : record,
);
export type Origin = ProcessRecord['origin'];

/** Of a process that is met for the first time. */
export const firstRecord = (supervised: Supervised, origin: Origin): ProcessRecord => ({
  version: 1,
  origin,
  supervised,
  answered: [],
  superseded: false,
  forgotten: false,
});

/** Rewritten as one line when it is longer than this. */
const JOURNAL_BYTES_MAX = 256 * 1024;

/** Null = there is none, or none that can be read. */
export function loadRecord(file: string): ProcessRecord | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  // What stands behind the last newline was cut short.
  for (const line of text.split('\n').slice(0, -1).reverse()) {
    const record = parse(line);
    if (record !== null) return record;
  }
  return null;
}

function parse(line: string): ProcessRecord | null {
  try {
    return Stored.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

export class RecordJournal {
  #fd: number | null = null;
  #bytes = 0;
  /** The last line may be cut short: the next one begins on a line of its own. */
  #isTorn = true;
  /** The file's name was not made to outlive a power cut yet. */
  #isNameNew = false;
  #isToBeginAnew = false;

  constructor(private readonly file: string) {}

  /** Throws where the disk refuses. @param durable on the disk, not only in the kernel's memory, when it returns */
  append(record: ProcessRecord, durable: boolean): void {
    const line = `${JSON.stringify(record)}\n`;
    if (this.#isToBeginAnew || this.#bytes > JOURNAL_BYTES_MAX) return this.#rewrite(line);
    const fd = (this.#fd ??= this.#open());
    const bytes = Buffer.from(this.#isTorn && this.#bytes > 0 ? `\n${line}` : line);
    this.#isTorn = true;
    const written = writeSync(fd, bytes);
    this.#bytes += written;
    if (written < bytes.length) throw new Error('the disk is full');
    this.#isTorn = false;
    if (durable) this.#flush(fd);
  }

  /** What stands in it is not to stay: its lines may show what the next one keeps secret. */
  beginAnew(): void {
    this.#isToBeginAnew = true;
  }

  #flush(fd: number): void {
    fsyncSync(fd);
    if (this.#isNameNew) flushDirectory(dirname(this.file));
    this.#isNameNew = false;
  }

  /** On the disk before long, off this thread. A disk that refuses is told of by the next write that must be durable. */
  flushSoon(): void {
    if (this.#fd !== null) fsync(this.#fd, () => {});
  }

  #open(): number {
    const fd = openSync(this.file, 'a', 0o600);
    this.#bytes = fstatSync(fd).size;
    this.#isNameNew = this.#bytes === 0;
    return fd;
  }

  /** By rename, so that there is a whole record at any moment. */
  #rewrite(line: string): void {
    const temporary = `${this.file}.t`;
    const bytes = Buffer.from(line);
    const fd = openSync(temporary, 'w', 0o600);
    try {
      if (writeSync(fd, bytes) < bytes.length) throw new Error('the disk is full');
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, this.file);
    flushDirectory(dirname(this.file));
    this.#isToBeginAnew = false;
    this.close();
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#bytes = 0;
    this.#isTorn = true;
  }
}
