/**
 * The manager's log store: the bytes of runs, as the child wrote them, in segments.
 *
 * Rules:
 * - An append is a compare-and-set on the stream's length. Whoever repeats a piece, skips one or sends two at once is
 *   refused with the length and goes on from there; so each byte is stored once and in order.
 * - What is lost is declared, by the same compare-and-set: stored bytes, gaps and what was cleared are what was written.
 * - Nothing is fsynced on its way in: the launcher holds a run's bytes until they are stored, and asks for the lengths
 *   when the manager comes back. What replaces other bytes (a packed segment) is.
 * - A line is looked for only when a reader asks. No index of lines is kept; a second's worth of time is (time-index.ts).
 * - Forgetting hides and frees, and never moves an offset.
 *
 * Writing: append.ts. Reading: stored-reader.ts and those that use it. Searching is done in a thread (search.ts). What is
 * kept, packed and forgotten: housekeeper.ts, retention.ts, packing.ts.
 */
import { writeFileSync } from 'node:fs';
import { Refusal } from '../../../protocol/errors';
import { runBornAtMs } from '../../../protocol/ids';
import { streamKey, type OutputStream } from '../../../protocol/output-stream';
import type { LogStore, RunRef, StoredRun } from '../../engine/log-store-port';
import { appendBody, appendNow, type Sink } from './append';
import { Catalogue, type StoredFile } from './catalogue';
import { DiskRoom } from './keeping/disk-room';
import { noteGap } from './gap-file';
import { Housekeeper } from './keeping/housekeeper';
import { lineOffset } from './line-offset';
import { OpenFiles } from './open-files';
import { Packing } from './keeping/packing';
import { packedPath, plainPath, processDir, workerDir } from './paths';
import { rangeOf, wholeOf } from './ranges';
import { SearchThreads } from './search/search-threads';
import { search } from './search/search';
import { gapsOf, storedBytes } from './stored-bytes';
import { since, tail } from './tail';
import { Trash } from './keeping/trash';
import { Viewers } from './viewers';

export interface LogStoreOptions {
  /** Created when absent. Nobody else may write there. */
  readonly dir: string;
  readonly now: () => number;
  /** A segment of this length is closed, and a new one begun. @default 64 MiB */
  readonly segmentBytes?: number;
  /** Whether closed segments are compressed. @default true */
  readonly compress?: boolean;
  /** Free space that is left on the disk; null = 2 % of it, at most 512 MiB. @default null */
  readonly reserveBytes?: number | null;
  /** Something went wrong that nobody waits for; a sentence. */
  readonly onTrouble?: (sentence: string) => void;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;

export function openLogStore(options: LogStoreOptions): LogStore {
  const {
    dir,
    now,
    segmentBytes = SEGMENT_BYTES,
    compress = true,
    reserveBytes = null,
    onTrouble = () => {},
  } = options;
  const catalogue = new Catalogue(dir);
  const trash = new Trash(dir, now());
  const open = new OpenFiles();
  const viewers = new Viewers();
  const room = new DiskRoom(dir, reserveBytes, now);
  const packing = compress ? new Packing(open, onTrouble) : null;
  const threads = new SearchThreads();
  const housekeeper = new Housekeeper({ catalogue, room, packing, now, forgetRun, forgetSegment });
  const grown = (bytes: number): void => {
    room.grown(bytes);
    unkept += bytes;
    if (unkept < segmentBytes) return;
    unkept = 0;
    housekeeper.soon();
  };
  const saidUntimed = new WeakSet<StoredFile>();
  const untimed = (file: StoredFile, why: string): void => {
    if (saidUntimed.has(file)) return;
    saidUntimed.add(file);
    const { worker, process, run } = file.ref;
    onTrouble(`when output of ${worker}/${process}, run ${run}, arrived could not be noted: ${why}`);
  };
  const sink: Sink = { open, viewers, now, segmentBytes, grown, untimed };
  const underWay = new Set<Promise<unknown>>();
  /** Stored since the rules were looked at. */
  let unkept = 0;
  let closed = false;

  const append: LogStore['append'] = async (ref, offset, body) => {
    const length = catalogue.find(ref)?.length ?? 0;
    if (closed || offset !== length || catalogue.find(ref)?.busy) return { ok: false, offset: length };
    refuseWhenFull(ref);
    const file = catalogue.findOrAdd(ref);
    file.busy = true;
    const appending = appendBody(file, body, sink).finally(() => {
      file.busy = false;
      appendWaiting(file);
    });
    const settled = appending.catch(() => undefined).finally(() => underWay.delete(settled));
    underWay.add(settled);
    const ok = await appending;
    return { ok, offset: catalogue.find(ref)?.length ?? 0 };
  };

  const appendLine: LogStore['appendLine'] = (ref, bytes) => {
    if (closed)
      throw new Refusal('shutting_down', 'The log store is closed: the manager is stopping; send the line again');
    refuseWhenFull(ref);
    const file = catalogue.findOrAdd(ref);
    if (file.busy) (file.waiting ??= []).push(bytes);
    else appendNow(file, bytes, sink);
  };

  function appendWaiting(file: StoredFile): void {
    const { waiting } = file;
    file.waiting = null;
    if (waiting && !file.gone) appendNow(file, Buffer.concat(waiting), sink);
  }

  /** The launcher holds what is refused, and tries again. */
  function refuseWhenFull({ worker, process }: RunRef): void {
    if (room.missingBytes() === 0) return;
    housekeeper.look();
    const missing = room.missingBytes();
    if (missing === 0) return;
    throw new Refusal(
      'internal',
      `Output of ${worker}/${process} is not stored: the disk under ${dir} is ${missing} bytes short of its reserve (logs.reserve). Free some space or lower the reserve; the launcher keeps the bytes and sends them again`,
    );
  }

  const skip: LogStore['skip'] = (ref, offset, bytes, reason) => {
    const known = catalogue.find(ref);
    if (closed || offset !== (known?.length ?? 0) || known?.busy) return { ok: false, offset: known?.length ?? 0 };
    const file = catalogue.findOrAdd(ref);
    const gap = { from: offset, to: offset + bytes, reason };
    const last = file.gaps.at(-1);
    // An empty one does not move the length, which alone would tell a repeat.
    if (bytes > 0 || last?.to !== offset) {
      noteGap(file.paths.gaps, gap);
      file.gaps.push(gap);
      file.length = gap.to;
      if (file.segments.length === 0) file.begin = gap.to;
      viewers.tell(file, gap.to, []);
    }
    return { ok: true, offset: file.length };
  };

  const ended: LogStore['ended'] = ({ worker, process, run }, how) => {
    const files = catalogue.streams(worker, process, 'both').filter(({ ref }) => ref.run === run);
    const [file] = files;
    if (!file || file.end === how) return;
    for (const one of files) one.end = how;
    try {
      writeFileSync(file.paths.end, `${how}\n`, { mode: 0o640 });
    } catch (error) {
      // Known until the manager ends. After that the run is one of which nobody knows how it ended.
      onTrouble(`how run ${run} of ${worker}/${process} ended could not be written down: ${(error as Error).message}`);
    }
  };

  /** For those who still hold the entry, or its descriptors. */
  function forgetEntry(file: StoredFile): void {
    file.gone = true;
    file.begin = Infinity;
    for (const { begin } of file.segments) open.drop(plainPath(file.stem, begin));
    open.drop(file.paths.times);
    catalogue.forget(file);
  }

  function forgetRun(files: readonly StoredFile[]): void {
    if (files.some(({ busy }) => busy)) return;
    for (const file of files) {
      forgetEntry(file);
      for (const { begin } of file.segments) discardSegment(file, begin);
      for (const path of [file.paths.times, file.paths.start, file.paths.gaps, file.paths.end]) trash.discard(path);
    }
  }

  /** With all that is older of the stream. */
  function forgetSegment(file: StoredFile, begin: number): void {
    while (file.segments.length > 1 && (file.segments[0]?.begin ?? Infinity) <= begin) {
      const oldest = file.segments.shift();
      if (oldest) discardSegment(file, oldest.begin);
    }
    file.begin = Math.max(file.begin, file.segments[0]?.begin ?? file.length);
  }

  function discardSegment(file: StoredFile, begin: number): void {
    open.drop(plainPath(file.stem, begin));
    trash.discard(plainPath(file.stem, begin));
    trash.discard(packedPath(file.stem, begin));
  }

  function clearStream(file: StoredFile): void {
    if (file.clearedTo === file.length) return;
    // The marker first: if the power fails between the two, bytes are hidden and not yet freed, never shown again.
    writeFileSync(file.paths.start, String(file.length), { mode: 0o640 });
    file.begin = file.clearedTo = file.length;
    // A write may be in the air: then the last segment stays, and goes as retention sees fit.
    const kept = file.busy ? file.segments.splice(-1) : [];
    for (const { begin } of file.segments.splice(0, file.segments.length, ...kept)) discardSegment(file, begin);
  }

  return {
    append,
    appendLine,
    skip,
    ended,
    length: (ref) => catalogue.find(ref)?.length ?? 0,
    lengths: (worker) =>
      Object.fromEntries(
        catalogue
          .processes(worker)
          .flatMap((name) => catalogue.streams(worker, name, 'both'))
          .map(({ ref: { run }, stream, length }) => [streamKey(run, stream), length]),
      ),
    processes: (worker) => catalogue.processes(worker),
    runs: (worker, process, stream = 'stdout') => readable(catalogue.streams(worker, process, stream)).map(storedRun),
    read: (ref, range = {}) => rangeOf(known(catalogue.find(ref), ref), range),
    readAll: (worker, process, only = {}) => wholeOf(catalogue.streams(worker, process, only.stream ?? 'stdout'), only),
    lineOffset: (ref, line, signal) => lineOffset(known(catalogue.find(ref), ref), line, signal),
    tail: (worker, process, request) => tail(catalogue.streams(worker, process, request.stream ?? 'both'), request),
    since: (ref, ms) => since(known(catalogue.find(ref), ref), ms),
    search: (targets, request) =>
      search(
        threads,
        targets.flatMap(({ worker, process }) => catalogue.streams(worker, process, request.stream ?? 'both')),
        request,
      ),
    subscribe: (worker, process, listener) => viewers.add(worker, process, listener),

    clear: (worker, process) => catalogue.streams(worker, process, 'both').forEach(clearStream),
    remove(worker, process) {
      const names = process === undefined ? catalogue.processes(worker) : [process];
      for (const name of names) catalogue.streams(worker, name, 'both').forEach(forgetEntry);
      trash.discard(process === undefined ? workerDir(dir, worker) : processDir(dir, worker, process));
    },
    keep: (rules, exists) => housekeeper.keep(rules, exists),
    tidy: () => housekeeper.soon(),
    async close() {
      closed = true;
      housekeeper.close();
      await Promise.all([...underWay, threads.close(), packing?.close()]);
      await trash.settled();
      open.closeAll();
    },
  };
}

/** Those with something to read or to say, and the newest of each stream. */
const readable = (files: StoredFile[]): StoredFile[] =>
  files.filter(
    (file) => file.length > file.clearedTo || file === files.findLast(({ stream }) => stream === file.stream),
  );

const storedRun = (file: StoredFile): StoredRun => ({
  run: file.ref.run,
  stream: file.stream,
  startedAtMs: runBornAtMs(file.ref.run),
  bytes: file.length,
  begin: file.begin,
  storedBytes: storedBytes(file),
  gaps: gapsOf(file, file.clearedTo),
});

function known(file: StoredFile | undefined, { worker, process, run, stream }: RunRef): StoredFile {
  if (file) return file;
  throw new Refusal(
    'unknown_run',
    `No ${streamWord(stream)}output of run ${run} of ${worker}/${process} is stored; GET /api/logs/${worker}/${process} lists its runs`,
  );
}

const streamWord = (stream: OutputStream | undefined): string => (stream === 'stderr' ? 'stderr ' : '');
