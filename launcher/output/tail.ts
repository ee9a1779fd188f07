/**
 * One stream of a run: its file, how far the manager has it, and what of it is no longer here.
 *
 * Between two pieces the file is watched, so a lone line is on its way at once. While bytes keep coming the watch is
 * off and the file is looked at by a short tick: the kernel tells every single write, and at 70,000 writes a second
 * hearing of them costs more than the bytes do.
 *
 * Offsets are the child's: the n-th byte it wrote, wherever in the file that is now. They differ from places in the file
 * only after somebody cut the file short; a child that appends then goes on at its new end.
 */
import { close, fstat, open, read, watch, type FSWatcher } from 'node:fs';
import { promisify } from 'node:util';
import type { ProcessName, RunId } from '../../protocol/ids';
import type { GapReason } from '../../protocol/output-gap';
import { streamKey, type OutputStream } from '../../protocol/output-stream';
import { discard } from '../store/discard';
import { prepareAccount, readAccount, writeAccount, type Account } from './account';
import { afterCut, type AfterCut } from './cut';
import { deletedOutput } from './deleted-output';
import { Head } from './head';
import { HOLE_ALIGN_BYTES, punchHole } from './hole';

const openFile = promisify(open);
const readFile = promisify(read);
const statFile = promisify(fstat);

/** Between looks while bytes keep coming. */
const HOT_TICK_MS = 50;
/** A file that grew so long may be freed one day. */
const PREPARED_BYTES = 256 * 1024;
/** Between looks where nothing can be watched. */
const COLD_TICK_MS = 1_000;

/** What the manager does not have: first what is lost, then what can be sent. */
export interface Due {
  readonly gap: { readonly bytes: number; readonly reason: GapReason } | null;
  readonly bytes: number;
}
const NOTHING: Due = { gap: null, bytes: 0 };

export interface TailOf {
  readonly process: ProcessName;
  readonly run: RunId;
  readonly stream: OutputStream;
  readonly file: string;
  /** The child's pid as it was written down; null = not yet. Asked only when the file is gone. */
  readonly pid: () => number | null;
}

export class Tail {
  readonly process: ProcessName;
  readonly run: RunId;
  readonly stream: OutputStream;
  readonly key: string;
  isInFlight = false;
  /** Failures in a row. */
  failures = 0;
  /** The manager wants nothing of it, and will not another time. */
  isUnwanted = false;
  #isComplete = false;
  #offset: number | null = null;
  #account: Account;
  readonly #head = new Head();
  /** It may have been cut while nobody looked. */
  #wasAway = false;
  /** A cut file is told even where nothing seen of it is missing. */
  #owesMark = false;
  /** The end of what was ever seen, and how fast it moved lately. */
  #end = 0;
  #seenAtMs = performance.now();
  #bytesPerMs = 0;
  #fd: number | null = null;
  #opening: Promise<number | null> | null = null;
  /** What the manager ever said that it has. */
  #shippedTo = 0;
  #canBeFreed = true;
  #watcher: FSWatcher | null = null;
  #tick: NodeJS.Timeout | null = null;

  constructor(
    private readonly of: TailOf,
    /** There may be something to ship. */
    private readonly ready: (tail: Tail) => void,
  ) {
    this.process = of.process;
    this.run = of.run;
    this.stream = of.stream;
    this.key = streamKey(of.run, of.stream);
    this.#account = readAccount(of.file);
  }

  /** How much the manager has; null = it has not said yet. */
  get offset(): number | null {
    return this.#offset;
  }
  set offset(offset: number | null) {
    if (this.#offset === null) this.#wasAway = true;
    this.#offset = offset;
    this.#shippedTo = Math.max(this.#shippedTo, offset ?? 0);
  }

  /** How fast the child wrote between the last two looks. */
  get bytesPerMs(): number {
    return this.#bytesPerMs;
  }

  /** Nothing was ever seen of it, and the manager has nothing of it. */
  get isUntouched(): boolean {
    return this.#offset === 0 && this.#end === 0 && this.#account.goneTo === 0 && !this.isInFlight;
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }
  /** The run is over: the file grows no more. @param length bytes that it had written when it ended, as far as is known */
  complete(length: number): void {
    this.#isComplete = true;
    this.#end = Math.max(this.#end, length);
  }

  async due(): Promise<Due> {
    const end = this.offset === null ? null : await this.#look();
    // The answer came too late: the manager was lost meanwhile.
    if (this.offset === null || end === null) return NOTHING;
    const { goneTo, why } = this.#account;
    if (this.offset < goneTo) return { gap: { bytes: goneTo - this.offset, reason: why }, bytes: end - goneTo };
    const gap = this.#owesMark ? { bytes: 0, reason: why } : null;
    return { gap, bytes: Math.max(0, end - this.offset) };
  }

  /** The end of the output. Null = the file cannot be had now. */
  async #look(): Promise<number | null> {
    const fd = await this.#handle();
    if (fd === null) return this.isComplete ? this.#missing() : null;
    const { size } = await statFile(fd);
    await this.#seeCut(fd, size);
    const end = this.#account.shift + size;
    if (this.#end < PREPARED_BYTES && end >= PREPARED_BYTES) prepareAccount(this.of.file);
    this.#measure(end);
    await this.#head.learn(fd, size);
    return end;
  }

  async #seeCut(fd: number, size: number): Promise<void> {
    const isShort = (): boolean => this.#account.shift + size < this.#expected;
    if (!isShort() && !this.#wasAway && !this.#head.isGrowing(size)) return;
    this.#wasAway = false;
    const newFrom = await this.#head.newFrom(fd);
    // Another look may have seen it meanwhile.
    if (newFrom === null && !isShort()) return;
    const { shift } = this.#account;
    const before = { shift, end: this.#expected, shippedTo: this.offset ?? this.#shippedTo, size, newFrom };
    this.#lost(afterCut(before), 'file-truncated');
  }

  /** The output is no shorter than this. */
  get #expected(): number {
    return Math.max(this.#end, this.isComplete ? 0 : (this.offset ?? 0));
  }

  #measure(end: number): void {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#seenAtMs;
    // Two looks right after each other say nothing about a pace.
    if (elapsedMs >= 1) {
      this.#bytesPerMs = this.#end === 0 ? 0 : (end - this.#end) / elapsedMs;
      this.#seenAtMs = nowMs;
    }
    this.#end = end;
  }

  /** All up to `goneTo` is gone, and what comes next in the file comes after it. */
  #lost({ goneTo, shift }: AfterCut, why: GapReason): void {
    this.#note({ goneTo, why, shift });
    this.#owesMark = true;
    this.#end = Math.max(this.#end, goneTo);
    this.#head.forget();
  }

  /** One open file, whoever asks for it first. */
  async #handle(): Promise<number | null> {
    if (this.#fd !== null) return this.#fd;
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    const fd = await this.#opening;
    return (this.#fd ??= fd);
  }

  #open(): Promise<number | null> {
    return openFile(this.of.file, 'r').catch(() => {
      const held = deletedOutput(this.of.file, this.of.pid());
      return held === null ? null : openFile(held, 'r').catch(() => null);
    });
  }

  /** The run is over and its file was deleted: what was seen of it and never sent is lost. */
  #missing(): number {
    const end = Math.max(this.#end, this.#account.goneTo, this.offset ?? 0);
    if (this.#account.goneTo < end) this.#lost({ goneTo: end, shift: end }, 'file-deleted');
    return end;
  }

  /** Reads on from the offset. Returns the bytes read. */
  async read(into: Buffer): Promise<Buffer> {
    if (this.#fd === null || this.offset === null) return into.subarray(0, 0);
    const { bytesRead } = await readFile(this.#fd, into, 0, into.length, this.offset - this.#account.shift);
    return into.subarray(0, bytesRead);
  }

  /** The manager has counted what is missing. */
  gapTold(): void {
    this.#owesMark = false;
  }

  /** What could be freed because the manager has it. */
  get freeableBytes(): number {
    return this.#canBeFreed ? Math.max(0, this.#shippedTo - this.#account.goneTo) : 0;
  }

  /** Frees what the manager has, but for the newest `keepBytes`. Answers why it could not; null = done, or nothing to do. */
  free(keepBytes: number): Promise<string | null> {
    return this.#takeAway(this.#shippedTo - keepBytes, 'already-freed');
  }

  /**
   * Gives up the oldest bytes that the manager is not known to have. Answers how many; 0 = there are none, or it cannot be.
   * Nothing may be on its way meanwhile.
   */
  async giveUp(bytes: number): Promise<number> {
    const end = await this.#look();
    const from = Math.max(this.#account.goneTo, this.#shippedTo);
    if (end === null || end <= from) return 0;
    const all = this.isComplete && bytes >= end - from;
    if (all) return this.#drop(end, from);
    const failed = await this.#takeAway(Math.min(end, from + bytes), 'worker-disk-full');
    return failed === null ? Math.max(0, this.#account.goneTo - from) : 0;
  }

  /** Of an ended run the whole file can go, on any filesystem. */
  #drop(end: number, from: number): number {
    this.#note({ ...this.#account, goneTo: end, why: 'worker-disk-full' });
    discard(this.of.file);
    return end - from;
  }

  async #takeAway(upTo: number, why: GapReason): Promise<string | null> {
    const before = this.#account;
    const to = before.shift + Math.floor((upTo - before.shift) / HOLE_ALIGN_BYTES) * HOLE_ALIGN_BYTES;
    if (to <= before.goneTo || !this.#canBeFreed) return null;
    // First the word, then the hole: a crash between the two costs bytes, the other way round it would invent zeros.
    this.#note({ ...before, goneTo: to, why });
    this.#head.forget();
    // From the very beginning: of a file that was cut, what was passed over goes too.
    const failed = await punchHole(this.of.file, 0, to - before.shift);
    if (failed === null) {
      this.#head.freed();
      return null;
    }
    this.#canBeFreed = false;
    this.#note(before);
    return failed;
  }

  #note(account: Account): void {
    writeAccount(this.of.file, account);
    this.#account = account;
  }

  /** Looks again after `ms`: the file is hot, or the manager did not take the last piece. */
  lookLater(ms = HOT_TICK_MS): void {
    this.rest();
    this.#tick = setTimeout(() => {
      this.#tick = null;
      this.ready(this);
    }, ms);
  }

  /** Waits for the next write. The caller looks once more afterwards: a write may have come before the watch. */
  watch(): void {
    this.rest();
    try {
      this.#watcher = watch(this.of.file, () => {
        this.rest();
        this.ready(this);
      });
      this.#watcher.on('error', () => this.lookLater());
    } catch {
      // The file was deleted, or no inotify watch is left (fs.inotify.max_user_watches): looking is the only way.
      this.lookLater(COLD_TICK_MS);
    }
  }

  /** Neither watches nor ticks. */
  rest(): void {
    this.#watcher?.close();
    this.#watcher = null;
    if (this.#tick !== null) clearTimeout(this.#tick);
    this.#tick = null;
  }

  close(): void {
    this.rest();
    if (this.#fd !== null) close(this.#fd, () => {});
    this.#fd = null;
    this.offset = null;
  }
}
