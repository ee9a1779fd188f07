/**
 * The port of the manager's log store: bytes of runs, kept as they were written. Nothing in it knows a line until a
 * reader asks for one. Offsets count from a stream's first byte and stay true for its whole life, also after a clear and
 * over a gap.
 */
import type { Readable } from 'node:stream';
import type { ProcessName, RunId, WorkerId } from '../../protocol/ids';
import type { GapReason, OutputGap } from '../../protocol/output-gap';
import type { OutputStream, StreamChoice } from '../../protocol/output-stream';

export interface RunRef {
  readonly worker: WorkerId;
  readonly process: ProcessName;
  readonly run: RunId;
  /** @default stdout */
  readonly stream?: OutputStream;
}

/** Whose output is meant. */
export interface LogTarget {
  readonly worker: WorkerId;
  readonly process: ProcessName;
}

/** A place in a process's output. */
export interface LogPosition {
  readonly run: RunId;
  readonly offset: number;
}

/**
 * `ok: false`: the body was not stored whole, because `offset` was not the stream's length, another append of it is
 * under way, or the body broke off. Either way `offset` is where the sender goes on.
 */
export interface AppendResult {
  readonly ok: boolean;
  readonly offset: number;
}

/** `failed`: anything but exit code 0, also an end that nobody knows. Kept longer than `clean`. */
export type RunEnd = 'clean' | 'failed';

export interface StoredRun {
  readonly run: RunId;
  readonly stream: OutputStream;
  /** By the launcher's clock, read from the id. */
  readonly startedAtMs: number;
  /** The stream's length, which is also the offset after its last byte. */
  readonly bytes: number;
  /** The first offset that can still be read; above 0 after a clear, or when retention forgot what was before. */
  readonly begin: number;
  /** Bytes that can be read. With the gaps and what was cleared they are `bytes`. */
  readonly storedBytes: number;
  /** What is missing, oldest first. What somebody cleared is none. */
  readonly gaps: readonly OutputGap[];
}

/**
 * Bytes [offset, end) of a stream, unbroken: it begins behind a gap that it was asked to begin in, ends before the next, and
 * never goes beyond what was asked for; so it is empty where all of that is missing, and `offset` says what comes next. `size` is the stream's length now. Whoever does not read the bytes to their end destroys the stream.
 */
export interface LogRange {
  readonly offset: number;
  readonly end: number;
  readonly size: number;
  readonly stream: Readable;
}

/** A part of all that a process wrote to a stream, over its runs. */
export interface OutputWindow {
  /** Of this run alone. */
  readonly run?: RunId;
  /** @default stdout */
  readonly stream?: OutputStream;
  /** Default: the oldest that is kept. */
  readonly from?: LogPosition;
  /** Nothing at or behind it. Default: all there is now. */
  readonly to?: LogPosition;
}

export interface LogLine extends LogPosition {
  readonly stream: OutputStream;
  /** When it reached the manager, to the second; null = the time index has nothing that early. */
  readonly atMs: number | null;
  /** Without its line feed. Bytes that are no UTF-8 are shown as U+FFFD. Of a gap: its words. */
  readonly text: string;
  /** It stands for output that is missing. */
  readonly gap?: OutputGap;
}

export interface TailRequest {
  /** Of a process that is split, `both` are merged by the time of their arrival: their order is approximate. @default both */
  readonly stream?: StreamChoice;
  readonly lines: number;
  /** Only lines that begin before this place; default: the end. */
  readonly before?: LogPosition;
  /** Only lines that arrived then or later, up to a second early. */
  readonly sinceMs?: number;
  /** Only lines of this run. */
  readonly run?: RunId;
  readonly signal?: AbortSignal;
}

export interface SearchRequest {
  readonly pattern: string;
  /** Default: the pattern is literal. */
  readonly regex?: boolean;
  readonly ignoreCase?: boolean;
  /** @default both */
  readonly stream?: StreamChoice;
  /** Hits after which the search ends. One more than wanted tells whether there are more. @default all */
  readonly limit?: number;
  /** Only lines from here on, of the one process searched. */
  readonly from?: LogPosition;
  /** Only lines of this run. */
  readonly run?: RunId;
  /** Only lines that arrived from then on, up to a second early. */
  readonly sinceMs?: number;
  /** Only lines that arrived before, up to a second late. */
  readonly untilMs?: number;
  /** Ends it, with the signal's reason. */
  readonly signal?: AbortSignal;
}
export interface LogFound extends LogPosition, LogTarget {
  readonly stream: OutputStream;
  readonly atMs: number | null;
  /** Where the line begins is `offset`; its text is cut after LINE_SHOWN_BYTES_MAX. */
  readonly line: string;
}

/**
 * Bytes just stored: the slices in order are [offset, offset + their total). They are the writer's own buffers, good
 * only during the call: keep a copy, never the buffer. No slice, at an offset ahead: what is between is a gap.
 */
export type LogListener = (piece: {
  readonly run: RunId;
  readonly stream: OutputStream;
  readonly offset: number;
  readonly slices: readonly Buffer[];
}) => void;

/** What may be forgotten. Bytes are what it takes on the disk. */
export interface KeepRules {
  /** Ended runs of a process. */
  readonly runs: number;
  readonly bytesPerProcess: number;
  readonly bytesPerWorker: number;
  /** Since its last output. */
  readonly ageMs: number;
  /** The same for a process that no longer exists. */
  readonly removedAgeMs: number;
}

export interface LogStore {
  /** Bytes written to a stream, gaps included; 0 for one never heard of. */
  length(run: RunRef): number;
  /** The same for every stream of a worker, by `streamKey`: the launcher goes on from there. */
  lengths(worker: WorkerId): Record<string, number>;

  /** Stores the body at `offset` if that is the stream's length. On a refusal the body is left unread. */
  append(run: RunRef, offset: number, body: AsyncIterable<Buffer>): Promise<AppendResult>;
  /** A short piece at the end, at once; after an append under way, when there is one. */
  appendLine(run: RunRef, bytes: Buffer): void;
  /** Declares [offset, offset + bytes) lost, if `offset` is the stream's length: the next append goes behind it. */
  skip(run: RunRef, offset: number, bytes: number, reason: GapReason): AppendResult;
  /** The run is over. It may be forgotten from now on. */
  ended(run: RunRef, how: RunEnd): void;

  /** Processes with stored output, by name. */
  processes(worker: WorkerId): ProcessName[];
  /** Runs with something to read, and the newest in any case; oldest first. @param stream default stdout */
  runs(worker: WorkerId, process: ProcessName, stream?: StreamChoice): StoredRun[];

  /**
   * @param range offset: negative = from the end; default 0. bytes: default all there is now.
   * @throws Refusal unknown_run
   */
  read(run: RunRef, range?: { readonly offset?: number; readonly bytes?: number }): LogRange;
  /** All runs byte for byte, oldest first; where there is a gap, a line says so. */
  readAll(worker: WorkerId, process: ProcessName, only?: OutputWindow): Readable;
  /** Where the n-th line of a stream begins, counted from 1 at `begin`; its length when there are fewer. */
  lineOffset(run: RunRef, line: number, signal?: AbortSignal): Promise<number>;

  /** The last lines over all runs, oldest first; an unfinished last line is one of them, and so is a gap. */
  tail(worker: WorkerId, process: ProcessName, request: TailRequest): Promise<LogLine[]>;
  /** The beginning of the first line that arrived at or after a time, up to a second early; null = none did. */
  since(run: RunRef, ms: number): Promise<number | null>;
  /**
   * Lines that match: of one process oldest first, of several merged by the time of their arrival.
   * @throws Refusal bad_request: the expression is none, or takes too long; queue_full: too many search already
   */
  search(targets: readonly LogTarget[], request: SearchRequest): AsyncIterable<LogFound>;

  /** Hears of every piece of the process's output from now on. Answers the unsubscribing. */
  subscribe(worker: WorkerId, process: ProcessName, listener: LogListener): () => void;

  /** Forgets all output so far and frees its space; what comes after it keeps its true offset. */
  clear(worker: WorkerId, process: ProcessName): void;
  /** Forgets a process, or a whole worker. */
  remove(worker: WorkerId, process?: ProcessName): void;
  /** From now on forgets by these rules. @param exists whether somebody still knows the process */
  keep(rules: KeepRules, exists: (target: LogTarget) => boolean): void;
  /** A good moment to look at the rules: a run began or ended. */
  tidy(): void;
  /** Refuses appends from now on, and is done when those under way have ended and every file is closed. */
  close(): Promise<void>;
}
