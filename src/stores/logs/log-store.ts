/**
 * The manager's log store: files of bytes, one per run, as the child wrote them.
 *
 * Rules:
 * - An append is a compare-and-set on the run's length. Whoever repeats a piece, skips one or sends two at once is
 *   refused with the length and goes on from there; so each byte is stored once, in order, and a gap cannot be.
 * - Nothing is fsynced: the launcher holds a run's bytes until they are stored, and asks for the lengths when the
 *   manager comes back.
 * - A line is looked for only when a reader asks. No index of lines is kept; a second's worth of time is (time-index.ts).
 * - A clear hides and frees, and never moves an offset.
 *
 * Absent on purpose: compression, and any knowledge of which run is alive.
 */
import { truncateSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { Refusal } from '../../../protocol/errors';
import { runBornAtMs } from '../../../protocol/ids';
import type { LogRange, LogStore, RunRef, StoredRun } from '../../engine/log-store-port';
import { appendBody, appendNow, type Sink } from './append';
import { blocks } from './blocks';
import { Catalogue, type StoredFile } from './catalogue';
import { OpenFiles } from './open-files';
import { processDir, workerDir } from './paths';
import { search } from './search';
import { since, tail } from './tail';
import { Trash } from './trash';
import { Viewers } from './viewers';

export interface LogStoreOptions {
  /** Created when absent. Nobody else may write there. */
  readonly dir: string;
  readonly now: () => number;
}

export function openLogStore({ dir, now }: LogStoreOptions): LogStore {
  const catalogue = new Catalogue(dir);
  const trash = new Trash(dir, now());
  const open = new OpenFiles();
  const viewers = new Viewers();
  const sink: Sink = { open, viewers, now };
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  const append: LogStore['append'] = async (ref, offset, body) => {
    const length = catalogue.find(ref)?.length ?? 0;
    if (closed || offset !== length || catalogue.find(ref)?.busy) return { ok: false, offset: length };
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
    const file = catalogue.findOrAdd(ref);
    if (file.busy) (file.waiting ??= []).push(bytes);
    else appendNow(file, bytes, sink);
  };

  function appendWaiting(file: StoredFile): void {
    const { waiting } = file;
    file.waiting = null;
    if (waiting && !file.gone) appendNow(file, Buffer.concat(waiting), sink);
  }

  /** The files go by `discard`; this is for those who still hold the entry, or its descriptors. */
  function forget(file: StoredFile): void {
    file.gone = true;
    file.begin = Infinity;
    open.drop(file.paths.log);
    open.drop(file.paths.times);
    catalogue.forgetRun(file.ref);
  }

  function clearRun(file: StoredFile): void {
    if (file.begin === file.length) return;
    // The marker first: if the power fails between the two, bytes are hidden and not yet freed, never shown again.
    writeFileSync(file.paths.start, String(file.length), { mode: 0o640 });
    file.begin = file.length;
    if (file.busy) return; // a write may be in the air; its file is freed by the next clear or prune
    truncateSync(file.paths.log, 0);
    truncateSync(file.paths.log, file.length); // a hole: no space, and the length is still the file's
  }

  return {
    append,
    appendLine,
    length: (ref) => catalogue.find(ref)?.length ?? 0,
    lengths: (worker) =>
      Object.fromEntries(
        catalogue.processes(worker).flatMap((name) => catalogue.runs(worker, name).map((f) => [f.ref.run, f.length])),
      ),
    processes: (worker) => catalogue.processes(worker),
    runs: (worker, process) => readable(catalogue.runs(worker, process)).map(storedRun),
    read: (ref, range = {}) => readRange(known(catalogue.find(ref), ref), range),
    readAll: (worker, process, from) =>
      byteStream(allBlocks(catalogue.runs(worker, process), from && { offset: 0, ...from })),
    tail: (worker, process, request) => tail(catalogue.runs(worker, process), request),
    since: (worker, process, ms) => since(catalogue.runs(worker, process), ms),
    search: (worker, process, request) => search(catalogue.runs(worker, process), request),
    subscribe: (worker, process, listener) => viewers.add(worker, process, listener),

    clear: (worker, process) => catalogue.runs(worker, process).forEach(clearRun),
    prune(worker, process, keep) {
      const files = catalogue.runs(worker, process);
      for (const file of files.slice(0, Math.max(0, files.length - keep - 1))) {
        if (file.busy) continue;
        forget(file);
        for (const path of Object.values(file.paths)) trash.discard(path);
      }
    },
    remove(worker, process) {
      const names = process === undefined ? catalogue.processes(worker) : [process];
      for (const name of names) catalogue.runs(worker, name).forEach(forget);
      trash.discard(process === undefined ? workerDir(dir, worker) : processDir(dir, worker, process));
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
      await trash.settled();
      open.closeAll();
    },
  };
}

const readable = (files: StoredFile[]): StoredFile[] =>
  files.filter((file, index) => file.length > file.begin || index === files.length - 1);

const storedRun = ({ ref: { run }, length, begin }: StoredFile): StoredRun => ({
  run,
  startedAtMs: runBornAtMs(run),
  bytes: length,
  begin,
});

function readRange(file: StoredFile, { offset = 0, bytes = Infinity }: { offset?: number; bytes?: number }): LogRange {
  const size = file.length;
  const begin = Math.min(size, Math.max(file.begin, offset < 0 ? size + offset : offset));
  const end = Math.min(size, begin + Math.max(0, bytes));
  return { offset: begin, end, size, stream: byteStream(blocks(file, begin, end)) };
}

async function* allBlocks(
  files: readonly StoredFile[],
  from?: { readonly run: string; readonly offset: number },
): AsyncGenerator<Buffer> {
  for (const file of files) {
    if (from && file.ref.run < from.run) continue;
    yield* blocks(file, Math.max(file.begin, file.ref.run === from?.run ? from.offset : 0), file.length);
  }
}

const byteStream = (source: AsyncIterable<Buffer>): Readable => Readable.from(source, { objectMode: false });

function known(file: StoredFile | undefined, { worker, process, run }: RunRef): StoredFile {
  if (file) return file;
  throw new Refusal(
    'unknown_run',
    `No output of run ${run} of ${worker}/${process} is stored; GET /api/logs/${worker}/${process} lists its runs`,
  );
}
