/**
 * Following one process: what is stored, then what comes, without a gap or a repeat between them and after any loss of
 * connection. The manager's offsets do it: each piece says where it begins, and whatever lies between what was written
 * and that place is read as a range first.
 *
 * It begins at the beginning of the unfinished line, so that every line is written once and whole.
 */
import type { OutputGap } from '../../protocol/output-gap';
import type { LogRunView } from '../../protocol/views';
import { readRange, readRuns, type LogSource, type StoredLine } from './log-lines';
import type { ManagerClient } from './manager-client';

/** One read of a range. */
const RANGE_BYTES = 4 * 1024 * 1024;
/** A longer unfinished line is shown from somewhere in it. */
const UNFINISHED_BYTES_MAX = 64 * 1024;
const LINE_FEED = 0x0a;

export interface FollowSink {
  /** Earlier lines, oldest first; once. */
  lines(lines: readonly StoredLine[]): Promise<void>;
  bytes(run: string, offset: number, bytes: Buffer): Promise<void>;
  /** Here output is missing. */
  gap(run: string, gap: OutputGap): Promise<void>;
}

export class LogFollow {
  /** By run: where what was written ends. A run not in it is written from its beginning. */
  private readonly written = new Map<string, number>();
  private queue: Promise<void> = Promise.resolve();
  private hasBegun = false;

  constructor(
    private readonly client: ManagerClient,
    readonly source: LogSource,
    private readonly sink: FollowSink,
    /** The earlier lines wanted; null = nothing of what is stored when it begins. */
    private readonly earlier: (() => Promise<StoredLine[]>) | null,
  ) {}

  /** Where what was written of a run ends. */
  writtenOf(run: string): number {
    return this.written.get(run) ?? 0;
  }

  /** @param runs as the manager answered `log.follow`: pieces go on where these end */
  connected(runs: readonly LogRunView[]): Promise<void> {
    return this.inTurn(async () => {
      if (!this.hasBegun) await this.begin(runs);
      this.hasBegun = true;
      for (const { run_id: run, bytes } of runs) await this.catchUp(run, bytes);
    });
  }

  piece(run: string, offset: number, data: Buffer): Promise<void> {
    return this.inTurn(async () => {
      await this.catchUp(run, offset);
      const from = this.written.get(run) ?? 0;
      if (offset + data.length > from) await this.write(run, from, data.subarray(from - offset));
    });
  }

  private async begin(runs: readonly LogRunView[]): Promise<void> {
    for (const { run_id: run, bytes } of runs) this.written.set(run, bytes);
    if (this.earlier === null) return;
    const newest = runs.at(-1);
    if (newest) this.written.set(newest.run_id, await this.unfinishedFrom(newest));
    const lines = await this.earlier();
    await this.sink.lines(lines.filter(({ run, offset }) => offset < (this.written.get(run) ?? 0)));
  }

  private async unfinishedFrom({ run_id: run, bytes }: LogRunView): Promise<number> {
    const from = Math.max(0, bytes - UNFINISHED_BYTES_MAX);
    if (from === bytes) return bytes;
    const end = await readRange(this.client, this.source, run, from, bytes);
    // A gap stands between it and the end: there is no unfinished line.
    if (end.offset + end.bytes.length < bytes) return bytes;
    return end.offset + (end.bytes.lastIndexOf(LINE_FEED) + 1);
  }

  private async catchUp(run: string, to: number): Promise<void> {
    for (let from = this.written.get(run) ?? 0; from < to; from = this.written.get(run) ?? to) {
      const { offset, bytes } = await readRange(this.client, this.source, run, from, Math.min(to, from + RANGE_BYTES));
      if (offset > from) await this.tellGaps(run, from, offset);
      // Nothing there, and nothing told as missing: it was cleared meanwhile.
      await this.write(run, offset === from && bytes.length === 0 ? to : offset, bytes);
    }
  }

  /** What was cleared is not told: somebody wanted it gone. */
  private async tellGaps(run: string, from: number, to: number): Promise<void> {
    const known = await readRuns(this.client, this.source);
    for (const gap of known.find(({ run_id: id }) => id === run)?.gaps ?? [])
      if (gap.from >= from && gap.to <= to) await this.sink.gap(run, gap);
  }

  private async write(run: string, offset: number, bytes: Buffer): Promise<void> {
    this.written.set(run, offset + bytes.length);
    if (bytes.length > 0) await this.sink.bytes(run, offset, bytes);
  }

  /** A step that failed is its asker's to hear of; the next one begins where writing ended. */
  private inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.queue.then(step);
    this.queue = turn.catch(() => undefined);
    return turn;
  }
}
