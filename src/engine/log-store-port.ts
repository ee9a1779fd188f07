/**
 * The port of the manager's log store: bytes of runs, kept as they were written. Nothing in it knows a line until a
 * reader asks for one. Offsets count from the run's first byte and stay true for its whole life, also after a clear.
 */
import type { Readable } from 'node:stream';
import type { ProcessName, RunId, WorkerId } from '../../protocol/ids';

export interface RunRef {
  readonly worker: WorkerId;
  readonly process: ProcessName;
  readonly run: RunId;
}

/** A place in a process's output. */
export interface LogPosition {
  readonly run: RunId;
  readonly offset: number;
}

/**
 * `ok: false`: the body was not stored whole, because `offset` was not the run's length, another append of the run is
 * under way, or the body broke off. Either way `offset` is where the sender goes on.
 */
export interface AppendResult {
  readonly ok: boolean;
  readonly offset: number;
}

export interface StoredRun {
  readonly run: RunId;
  /** By the launcher's clock, read from the id. */
  readonly startedAtMs: number;
  /** The run's length, which is also the offset after its last byte. */
  readonly bytes: number;
  /** The first offset that can still be read; above 0 after a clear. */
  readonly begin: number;
}

/** Bytes [offset, end) of a run; `size` is its length now. Whoever does not read the stream to its end destroys it. */
export interface LogRange {
  readonly offset: number;
  readonly end: number;
  readonly size: number;
  readonly stream: Readable;
}

export interface LogLine extends LogPosition {
  /** When it reached the manager, to the second; null = the time index has nothing that early. */
  readonly atMs: number | null;
  /** Without its line feed. Bytes that are no UTF-8 are shown as U+FFFD. */
  readonly text: string;
}

export interface TailRequest {
  readonly lines: number;
  /** Only lines that begin before this place; default: the end. */
  readonly before?: LogPosition;
  /** Only lines that begin at or after this place (see `since`). */
  readonly notBefore?: LogPosition;
  /** Only lines of this run. */
  readonly run?: RunId;
  readonly signal?: AbortSignal;
}

export interface SearchRequest {
  readonly pattern: string;
  /** Default: the pattern is literal. */
  readonly regex?: boolean;
  readonly ignoreCase?: boolean;
  /** Hits after which the search ends. One more than wanted tells whether there are more. */
  readonly limit: number;
  readonly from?: LogPosition;
  /** Only lines of this run. */
  readonly run?: RunId;
  readonly signal?: AbortSignal;
}
export interface LogFound extends LogPosition {
  /** Where the line begins is `offset`; its text is cut after LINE_SHOWN_BYTES_MAX. */
  readonly line: string;
}

/**
 * Bytes just stored: the slices in order are [offset, offset + their total). They are the writer's own buffers, good
 * only during the call: keep a copy, never the buffer.
 */
export type LogListener = (piece: {
  readonly run: RunId;
  readonly offset: number;
  readonly slices: readonly Buffer[];
}) => void;

export interface LogStore {
  /** Bytes stored of a run; 0 for one never heard of. */
  length(run: RunRef): number;
  /** The same for every run of a worker, by run id: the launcher goes on from there. */
  lengths(worker: WorkerId): Record<string, number>;

  /** Stores the body at `offset` if that is the run's length. On a refusal the body is left unread. */
  append(run: RunRef, offset: number, body: AsyncIterable<Buffer>): Promise<AppendResult>;
  /** A short piece at the end, at once; after an append under way, when there is one. */
  appendLine(run: RunRef, bytes: Buffer): void;

  /** Processes with stored output, by name. */
  processes(worker: WorkerId): ProcessName[];
  /** Runs with something to read, and the newest in any case; oldest first. */
  runs(worker: WorkerId, process: ProcessName): StoredRun[];

  /**
   * @param range offset: negative = from the end; default 0. bytes: default all there is now.
   * @throws Refusal unknown_run
   */
  read(run: RunRef, range?: { readonly offset?: number; readonly bytes?: number }): LogRange;
  /** All runs byte for byte, oldest first. */
  readAll(worker: WorkerId, process: ProcessName, from?: { readonly run: RunId; readonly offset?: number }): Readable;

  /** The last lines over all runs, oldest first; an unfinished last line is one of them. */
  tail(worker: WorkerId, process: ProcessName, request: TailRequest): Promise<LogLine[]>;
  /** The beginning of the first line that arrived at or after a time, up to a second early; null = none did. */
  since(worker: WorkerId, process: ProcessName, ms: number): Promise<LogPosition | null>;
  /**
   * Lines that match, oldest first.
   * @throws Refusal bad_request, at the first step: the expression is none, or takes too long
   */
  search(worker: WorkerId, process: ProcessName, request: SearchRequest): AsyncIterable<LogFound>;

  /** Hears of every piece of the process's output from now on. Answers the unsubscribing. */
  subscribe(worker: WorkerId, process: ProcessName, listener: LogListener): () => void;

  /** Forgets all output so far and frees its space; what comes after it keeps its true offset. */
  clear(worker: WorkerId, process: ProcessName): void;
  /** Forgets the oldest runs; the newest and `keep` before it stay. */
  prune(worker: WorkerId, process: ProcessName, keep: number): void;
  /** Forgets a process, or a whole worker. */
  remove(worker: WorkerId, process?: ProcessName): void;
  /** Refuses appends from now on, and is done when those under way have ended and every file is closed. */
  close(): Promise<void>;
}
