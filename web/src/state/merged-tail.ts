/**
 * Both streams of a split run, one below the other as they arrived: the newest lines that are stored, and then what is
 * pushed. Within a stream the order is exact, between the two it is that of arrival. Neighbouring lines of one stream
 * lie in one block, so the log view shows them like any others. Of what was not pushed, because this page was behind, the
 * newest part is read again, and a mark stands for the rest. Decides and never reads: link/merged-feed.ts does.
 */
import type { GapReason, OutputGap } from '../../../protocol/output-gap';
import type { OutputStream } from '../../../protocol/output-stream';
import { appendToBlock, createBlock, type Block, type GapBlock, type TextBlock } from './log-block';
import type { LoadedLog } from './log-source';
import { READ_BYTES, type Range } from './log-window';

/** A line as /api/workers/<id>/logs tells it. */
export interface TailLine {
  readonly run: string;
  readonly stream: OutputStream;
  readonly offset: number;
  readonly text: string;
  /** It stands for output that is missing. */
  readonly gap?: OutputGap;
}

/** Lines kept; the oldest go first. */
const LINES_MAX = 50_000;
/** Of one block: the unit that is let go. */
const BLOCK_LINES = 1000;

/** How many bytes of `<run>/<stream>` there were when following began: what comes after them is pushed. */
export type Lengths = ReadonlyMap<string, number>;
export const streamKey = (run: string, stream: OutputStream): string => `${run}/${stream}`;

/** Bytes that there are, and that are not here. */
export interface Missing extends Range {
  readonly stream: OutputStream;
}

export class MergedTail implements LoadedLog {
  readonly blocks: Block[] = [];
  readonly runs: { readonly runId: string }[] = [];
  readonly detached = false;
  arrived = 0;
  version = 0;
  private lines = 0;
  /** How far each stream is here. */
  private readonly ends: Map<string, number>;
  /** How far it was told to be, where that is farther. */
  private readonly behind = new Map<string, { run: string; stream: OutputStream; to: number }>();
  private readonly decoders = new Map<string, TextDecoder>();

  /** @param stored read after following began: what of it will be pushed is left out here */
  constructor(stored: readonly TailLine[], lengths: Lengths) {
    this.ends = new Map(lengths);
    const encoder = new TextEncoder();
    for (const { run, stream, offset, text, gap } of stored) {
      const length = lengths.get(streamKey(run, stream)) ?? 0;
      if (offset >= length && gap === undefined) continue;
      this.enterRun(run);
      if (gap !== undefined) this.blocks.push({ kind: 'gap', runId: run, ...gap });
      // The last line may not have been ended by then: its rest is pushed.
      else this.append(run, stream, offset, encoder.encode(`${text}\n`).subarray(0, length - offset));
    }
  }

  offer(run: string, stream: OutputStream, offset: number, bytes: Uint8Array): void {
    this.enterRun(run);
    const to = offset + bytes.length;
    // What comes behind a hole is read with it.
    if (offset > this.endOf(run, stream)) this.behind.set(streamKey(run, stream), { run, stream, to });
    else this.take(run, stream, offset, bytes);
  }

  /** What to read next. Null = nothing is missing. */
  wants(): Missing | null {
    for (const { run, stream, to } of this.behind.values()) {
      const offset = Math.max(this.endOf(run, stream), to - READ_BYTES);
      return { runId: run, stream, offset, bytes: to - offset };
    }
    return null;
  }

  /**
   * What was read of it. Nothing = it cannot be had.
   * @param offset where `bytes` begins; past the asked one when the bytes between are not stored
   * @param reason why they are not; null = nobody told
   */
  fill(asked: Missing, offset: number, bytes: Uint8Array, reason: GapReason | null): void {
    const { runId: run, stream } = asked;
    this.markGap(run, stream, asked.offset, 'left-out');
    this.markGap(run, stream, bytes.length === 0 ? asked.offset + asked.bytes : offset, reason);
    this.take(run, stream, offset, bytes);
  }

  private markGap(run: string, stream: OutputStream, to: number, reason: GapBlock['reason']): void {
    const from = this.endOf(run, stream);
    if (to <= from) return;
    this.blocks.push({ kind: 'gap', runId: run, from, to, reason });
    this.reach(run, stream, to);
    this.decoders.delete(streamKey(run, stream));
    this.version++;
  }

  private take(run: string, stream: OutputStream, offset: number, bytes: Uint8Array): void {
    const fresh = bytes.subarray(Math.max(0, this.endOf(run, stream) - offset));
    if (fresh.length === 0) return;
    this.reach(run, stream, offset + bytes.length);
    for (let at = fresh.indexOf(NEWLINE); at >= 0; at = fresh.indexOf(NEWLINE, at + 1)) this.arrived++;
    this.append(run, stream, offset + bytes.length - fresh.length, fresh);
  }

  private reach(run: string, stream: OutputStream, end: number): void {
    const key = streamKey(run, stream);
    this.ends.set(key, end);
    if (end >= (this.behind.get(key)?.to ?? 0)) this.behind.delete(key);
  }

  private endOf(run: string, stream: OutputStream): number {
    return this.ends.get(streamKey(run, stream)) ?? 0;
  }

  /** A line that was begun goes on where it is, whatever the other stream said meanwhile. */
  private append(run: string, stream: OutputStream, offset: number, bytes: Uint8Array): void {
    const begun = this.blocks.findLast(
      (block): block is TextBlock => block.kind === 'text' && block.runId === run && block.stream === stream,
    );
    const goesOn = begun?.open === true && begun.byteEnd === offset;
    const restOfLine = goesOn ? bytes.indexOf(NEWLINE) + 1 || bytes.length : 0;
    if (goesOn) this.write(begun, bytes.subarray(0, restOfLine));
    if (restOfLine < bytes.length)
      this.write(this.lastBlock(run, stream, offset + restOfLine), bytes.subarray(restOfLine));
    this.version++;
    while (this.lines > LINES_MAX) this.letGo();
  }

  private write(block: TextBlock, bytes: Uint8Array): void {
    const before = block.charStarts.length;
    appendToBlock(block, bytes, this.decoderOf(block).decode(bytes, { stream: true }));
    this.lines += block.charStarts.length - before;
  }

  private lastBlock(run: string, stream: OutputStream, offset: number): TextBlock {
    const last = this.blocks.at(-1);
    const isIts = last?.kind === 'text' && last.runId === run && last.stream === stream;
    if (isIts && last.byteEnd === offset && last.charStarts.length < BLOCK_LINES) return last;
    const block = createBlock(run, offset, stream);
    this.blocks.push(block);
    return block;
  }

  private decoderOf({ runId, stream }: TextBlock): TextDecoder {
    const key = streamKey(runId, stream);
    const decoder = this.decoders.get(key) ?? new TextDecoder('utf-8', { ignoreBOM: true });
    this.decoders.set(key, decoder);
    return decoder;
  }

  private enterRun(run: string): void {
    if (this.runs.some(({ runId }) => runId === run)) return;
    this.runs.push({ runId: run });
    this.blocks.push({ kind: 'run', runId: run, startedAtMs: Number(run.slice(0, 13)) });
  }

  private letGo(): void {
    const gone = this.blocks.shift();
    if (gone?.kind === 'text') this.lines -= gone.charStarts.length;
  }
}

const NEWLINE = 10;
