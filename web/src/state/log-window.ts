/**
 * The part of one process's output that is loaded: an unbroken stretch over its runs, oldest first.
 *
 * Bytes come in three ways: pushed by the manager at the growing end (`offer`), read by range at either end
 * (`placeLater`, `placeEarlier`), and never otherwise. A pushed piece that does not begin where the stretch ends waits
 * in `pending` while `wantsLater` asks for the hole. A stretch that does not reach the newest byte (the reader jumped
 * into history, or scrolled so far up that the end was let go) is *detached*: pushes only lengthen what is known to
 * exist. Decides and never reads: link/log-feed.ts does.
 */
import type { LogRunView } from '../../../protocol/views';
import type { OutputGap } from '../../../protocol/output-gap';
import type { OutputStream } from '../../../protocol/output-stream';
import { appendToBlock, BLOCK_CHARS, createBlock, type Block, type GapBlock, type TextBlock } from './log-block';
import { cutAfter, cutAt, extentOf, gapBefore, learn, newbornExtent, reasonOf, type RunExtent } from './run-extent';

export interface Range {
  readonly runId: string;
  readonly offset: number;
  readonly bytes: number;
}
export interface Read extends Range {
  /** Of the stretch it was wanted for: an answer that comes after a jump is for another one, and is dropped. */
  readonly stretch: number;
}
interface Place {
  run: number;
  offset: number;
}
interface Piece {
  readonly runId: string;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** One range read. */
export const READ_BYTES = 512 * 1024;
/** Pushed bytes kept while a hole before them is read; more than these are let go and read again. */
const PENDING_BYTES_MAX = 8 * 1024 * 1024;
/** Loaded characters; beyond them the far end is let go. */
export const WINDOW_CHARS_MAX = 48 * 1024 * 1024;

export class LogWindow {
  readonly runs: RunExtent[] = [];
  blocks: Block[] = [];
  /** Rises with every change of what is shown. */
  version = 0;
  detached = false;
  /** Lines pushed so far, shown or not: a reader who scrolled away is told how many came since. */
  arrived = 0;
  /** Something is missing and nobody has told why: the runs are to be learnt again. */
  unexplained = false;
  private stretch = 0;
  private start: Place = { run: 0, offset: 0 };
  private end: Place = { run: 0, offset: 0 };
  private pending: Piece[] = [];
  private pendingBytes = 0;
  private decoder = newDecoder();
  /** The stretch began inside a line that has to be dropped from the first bytes placed. */
  private aligning = false;
  /** Where the last answer ended too early; null = none did. */
  private shortAt: number | null = null;

  constructor(
    runs: readonly LogRunView[],
    private readonly charsMax = WINDOW_CHARS_MAX,
    readonly stream: OutputStream = 'stdout',
  ) {
    this.learnRuns(runs);
    const last = Math.max(0, this.runs.length - 1);
    this.begin({ run: last, offset: Math.max(0, (this.runs[last]?.bytes ?? 0) - READ_BYTES) });
  }

  /** Nothing is loaded yet of what was asked for. */
  get isEmpty(): boolean {
    return this.blocks.every((block) => block.kind !== 'text');
  }

  /** After a reconnect: the runs as they are now. The stretch stays; what is missing is then wanted. */
  learnRuns(runs: readonly LogRunView[]): void {
    for (const view of runs) {
      const known = this.runs.find((run) => run.runId === view.run_id);
      if (known) learn(known, view);
      else {
        const before = this.runs.at(-1);
        if (before) before.checked = this.version === 0;
        this.runs.push(extentOf(view));
      }
    }
    this.explainGaps();
    this.version++;
  }

  /** Leaves what is loaded and begins around a byte of a run; the reader then loads later and earlier parts. */
  jump(runId: string, offset: number): void {
    const run = this.indexOf(runId);
    if (run < 0) return;
    this.begin({ run, offset: Math.max(0, offset - READ_BYTES / 4) });
    this.detached = true;
  }

  /** Back to the newest output. */
  jumpToEnd(): void {
    const run = Math.max(0, this.runs.length - 1);
    this.begin({ run, offset: Math.max(0, (this.runs[run]?.bytes ?? 0) - READ_BYTES) });
    this.detached = false;
  }

  private begin(at: Place): void {
    this.stretch++;
    this.blocks = [];
    this.start = { ...at };
    this.end = { ...at };
    this.decoder = newDecoder();
    this.aligning = at.offset > 0;
    if (at.offset === 0) this.markRun(at.run, 'end');
    this.version++;
  }

  /** A pushed piece. */
  offer(runId: string, offset: number, data: Uint8Array): void {
    let run = this.indexOf(runId);
    if (run < 0) {
      const before = this.runs.at(-1);
      if (before) before.checked = false;
      this.runs.push(newbornExtent(runId));
      run = this.runs.length - 1;
      if (run === 0) this.begin({ run, offset: 0 });
    }
    const extent = this.runs[run];
    if (extent) extent.bytes = Math.max(extent.bytes, offset + data.length);
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) this.arrived++;
    this.version++;
    if (this.detached) return;
    this.pending.push({ runId, offset, data });
    this.pendingBytes += data.length;
    this.drain();
    if (this.pendingBytes > PENDING_BYTES_MAX) this.clearPending();
  }

  /** The read that would bring the stretch nearer to the newest byte; null = nothing is missing there. */
  wantsLater(): Read | null {
    this.stepOver();
    const run = this.runs[this.end.run];
    if (run === undefined) return null;
    const { offset } = this.end;
    const cut = cutAt(run, offset);
    if (cut !== undefined && !this.isTold(cut, run)) this.blocks.push(this.gapOf(run, offset, offset));
    // Read up to the next cut and no further, so that its mark can stand between.
    const missing = Math.min(run.bytes, cutAfter(run, offset)?.from ?? Infinity) - offset;
    if (missing > 0) return { stretch: this.stretch, runId: run.runId, offset, bytes: Math.min(READ_BYTES, missing) };
    if (!run.checked && this.end.run < this.runs.length - 1)
      return { stretch: this.stretch, runId: run.runId, offset: this.end.offset, bytes: READ_BYTES };
    return null;
  }

  /** @param offset where `data` begins; past the asked one when the bytes between are no longer kept */
  placeLater(read: Read, answer: { offset: number; size: number; data: Uint8Array }): void {
    const run = this.indexOf(read.runId);
    const extent = this.runs[run];
    if (extent === undefined || read.stretch !== this.stretch) return;
    extent.bytes = Math.max(extent.bytes, answer.size);
    if (answer.offset + answer.data.length >= answer.size) extent.checked = true;
    // An answer without a byte says that there is none to be had there, whatever was believed.
    if (answer.data.length === 0) extent.bytes = Math.min(extent.bytes, Math.max(answer.size, this.end.offset));
    if (run === this.end.run && answer.offset > this.end.offset) {
      const gap = this.gapOf(extent, this.end.offset, answer.offset);
      if (this.isEmpty && this.end.offset > 0) this.start = { run, offset: answer.offset };
      else this.blocks.push(gap);
      this.end.offset = answer.offset;
      this.decoder = newDecoder();
    }
    this.take(read.runId, answer.offset, answer.data);
    this.drain();
    this.version++;
  }

  /** The read that would show what was written before; null = the stretch begins with the oldest byte kept. */
  wantsEarlier(): Read | null {
    if (this.aligning) return null;
    for (let index = this.start.run; index >= 0; index--) {
      const run = this.runs[index];
      if (run === undefined) return null;
      let to = index === this.start.run ? this.start.offset : run.bytes;
      const cut = cutAt(run, to);
      if (cut !== undefined && !this.isTold(cut, run)) this.blocks.unshift(this.gapOf(run, to, to));
      const gap = gapBefore(run, to);
      if (gap !== undefined && gap.to >= to) {
        this.blocks.unshift(this.gapOf(run, gap.from, to));
        to = gap.from;
        this.start = { run: index, offset: to };
        if (to === 0) this.markRun(index, 'start');
      }
      if (to > run.floor) {
        const offset = Math.max(run.floor, gapBefore(run, to)?.to ?? 0, to - READ_BYTES);
        return { stretch: this.stretch, runId: run.runId, offset, bytes: to - offset };
      }
      // A run without output is only a mark.
      if (index < this.start.run && to === 0) {
        this.markRun(index, 'start');
        this.start = { run: index, offset: 0 };
      }
    }
    return null;
  }

  placeEarlier(read: Read, answer: { offset: number; size: number; data: Uint8Array }): void {
    const run = this.indexOf(read.runId);
    const extent = this.runs[run];
    if (extent === undefined || read.stretch !== this.stretch) return;
    this.version++;
    const to = read.offset + read.bytes;
    if (answer.data.length === 0 || answer.offset >= to) {
      extent.floor = to;
      return;
    }
    if (answer.offset > read.offset) extent.floor = answer.offset;
    const got = answer.offset + answer.data.length;
    if (got < to) {
      // The answer ends before a gap that nobody has told of. It is learnt first; told and still so, it is taken as it is.
      if (this.shortAt !== got) {
        this.shortAt = got;
        this.unexplained = true;
        return;
      }
      extent.gaps = [...extent.gaps, { from: got, to, reason: 'retention' as const }].sort((a, b) => a.from - b.from);
      return;
    }
    const from = answer.offset === 0 ? 0 : lineBegin(answer.data);
    const data = answer.data.subarray(from);
    const block = createBlock(read.runId, answer.offset + from, this.stream);
    appendToBlock(block, data, newDecoder().decode(data));
    this.blocks.unshift(block);
    this.start = { run, offset: answer.offset + from };
    if (this.start.offset === 0) this.markRun(run, 'start');
    this.letGoEnd();
  }

  /** Takes pushed pieces that fit by now, in order. */
  private drain(): void {
    this.stepOver();
    for (let again = true; again;) {
      again = false;
      this.pending = this.pending.filter((piece) => {
        const run = this.indexOf(piece.runId);
        const over =
          run < this.end.run || (run === this.end.run && piece.offset + piece.data.length <= this.end.offset);
        if (!over && (run > this.end.run || piece.offset > this.end.offset)) return true;
        if (!over) {
          this.take(piece.runId, piece.offset, piece.data);
          again = true;
        }
        this.pendingBytes -= piece.data.length;
        return false;
      });
      if (this.stepOver()) again = true;
    }
    this.letGoStart();
  }

  /** Appends what of the bytes lies at and behind the end of the stretch. */
  private take(runId: string, offset: number, bytes: Uint8Array): void {
    if (this.runs[this.end.run]?.runId !== runId || offset > this.end.offset) return;
    let data = bytes.subarray(this.end.offset - offset);
    if (data.length === 0) return;
    if (this.aligning) {
      const from = lineBegin(data);
      this.aligning = false;
      this.start = { run: this.end.run, offset: this.end.offset + from };
      this.end = { ...this.start };
      data = data.subarray(from);
    }
    let block = this.lastText(runId);
    if (block === null || (!block.open && block.text.length >= BLOCK_CHARS)) {
      block = createBlock(runId, this.end.offset, this.stream);
      this.blocks.push(block);
    }
    appendToBlock(block, data, this.decoder.decode(data, { stream: true }));
    this.end.offset += data.length;
  }

  private lastText(runId: string): TextBlock | null {
    const last = this.blocks.at(-1);
    return last?.kind === 'text' && last.runId === runId ? last : null;
  }

  /** From a run that is loaded to its end into the next one. Being at the newest byte ends a detachment. */
  private stepOver(): boolean {
    let moved = false;
    for (;;) {
      const run = this.runs[this.end.run];
      if (run === undefined || this.end.offset < run.bytes) return moved;
      if (this.end.run === this.runs.length - 1) {
        this.detached = false;
        return moved;
      }
      if (!run.checked) return moved;
      this.end = { run: this.end.run + 1, offset: 0 };
      this.decoder = newDecoder();
      this.aligning = false;
      this.markRun(this.end.run, 'end');
      moved = true;
    }
  }

  private markRun(index: number, where: 'start' | 'end'): void {
    const run = this.runs[index];
    if (run === undefined) return;
    const mark: Block = { kind: 'run', runId: run.runId, startedAtMs: run.startedAtMs };
    if (where === 'start') this.blocks.unshift(mark);
    else this.blocks.push(mark);
  }

  private chars(): number {
    return this.blocks.reduce((sum, block) => sum + (block.kind === 'text' ? block.text.length : 0), 0);
  }

  private letGoStart(): void {
    let chars = this.chars();
    while (chars > this.charsMax && this.blocks.filter((block) => block.kind === 'text').length > 1) {
      const gone = this.blocks.shift();
      if (gone?.kind === 'text') chars -= gone.text.length;
      const next = this.blocks.find((block) => block.kind === 'text');
      if (next) this.start = { run: this.indexOf(next.runId), offset: next.byteStart };
    }
  }

  private letGoEnd(): void {
    let chars = this.chars();
    while (chars > this.charsMax && this.blocks.filter((block) => block.kind === 'text').length > 1) {
      const gone = this.blocks.pop();
      if (gone?.kind === 'text') chars -= gone.text.length;
      const last = this.blocks.findLast((block) => block.kind === 'text');
      if (last === undefined) return;
      this.end = { run: this.indexOf(last.runId), offset: last.byteEnd };
      this.decoder = newDecoder();
      this.detached = true;
      this.clearPending();
    }
  }

  private isTold({ from, to }: OutputGap, { runId }: RunExtent): boolean {
    return this.blocks.some((one) => one.kind === 'gap' && one.runId === runId && one.from === from && one.to === to);
  }

  private gapOf(run: RunExtent, from: number, to: number): GapBlock {
    const reason = from === to ? (cutAt(run, from)?.reason ?? null) : reasonOf(run, from, to);
    if (reason === null) this.unexplained = true;
    return { kind: 'gap', runId: run.runId, from, to, reason };
  }

  private explainGaps(): void {
    this.unexplained = false;
    this.blocks = this.blocks.map((block) => {
      if (block.kind !== 'gap' || block.reason !== null) return block;
      return { ...block, reason: reasonOf(this.runs[this.indexOf(block.runId)], block.from, block.to) };
    });
  }

  private clearPending(): void {
    this.pending = [];
    this.pendingBytes = 0;
  }

  private indexOf(runId: string): number {
    return this.runs.findIndex((run) => run.runId === runId);
  }
}

/** `ignoreBOM`: a byte order mark is a character of the log like any other. */
const newDecoder = (): TextDecoder => new TextDecoder('utf-8', { ignoreBOM: true });

/** The first byte of a line after a cut at any byte: behind the first newline, or at the next whole character. */
function lineBegin(data: Uint8Array): number {
  const newline = data.indexOf(10);
  if (newline >= 0 && newline < data.length - 1) return newline + 1;
  let at = 0;
  while (at < 4 && at < data.length && ((data[at] ?? 0) & 0xc0) === 0x80) at++;
  return at;
}
