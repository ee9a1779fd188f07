/** The last lines over all runs of a process, gaps among them, and the place where a time begins. */
import { gapText } from '../../../protocol/gap-text';
import type { LogLine, TailRequest } from '../../engine/log-store-port';
import type { StoredFile } from './catalogue';
import { lineBegin, linesBackward } from './lines-backward';
import { gapsOf } from './stored-bytes';
import { TimeIndex } from './time-index';

/** @param files oldest run first, both streams of a split run side by side */
export async function tail(files: readonly StoredFile[], request: TailRequest): Promise<LogLine[]> {
  const { before, run: only } = request;
  const lines: LogLine[] = [];
  const runs = [...new Set(files.map(({ ref }) => ref.run))].reverse();
  for (const run of runs) {
    if ((before && run > before.run) || (only && run !== only)) continue;
    const left = request.lines - lines.length;
    if (left <= 0) break;
    const streams = files.filter(({ ref }) => ref.run === run);
    const found = await Promise.all(streams.map((file) => lastLines(file, { ...request, lines: left })));
    for (const line of newestFirst(found)) {
      if (lines.length >= request.lines) break;
      lines.push(line);
    }
    if (found.some(({ isAll }) => !isAll)) break;
  }
  return lines.reverse();
}

interface Found {
  /** Newest first. */
  readonly lines: readonly LogLine[];
  /** False: there are older ones that nobody asked for. */
  readonly isAll: boolean;
}

async function lastLines(file: StoredFile, { lines, before, sinceMs, signal }: TailRequest): Promise<Found> {
  const { ref, stream } = file;
  const from = sinceMs === undefined ? file.clearedTo : await since(file, sinceMs);
  if (from === null) return { lines: [], isAll: false };
  const to = before?.run === ref.run ? Math.min(file.length, before.offset) : file.length;
  const gaps = gapsOf(file, file.clearedTo).filter((gap) => gap.from >= from && gap.to <= to);
  const found: LogLine[] = [];
  const times = new TimeIndex(file.paths.times);
  const tellGapsBehind = (offset: number): void => {
    for (let gap = gaps.at(-1); gap !== undefined && gap.from >= offset; gap = gaps.at(-1)) {
      gaps.pop();
      found.push({ run: ref.run, stream, offset: gap.from, atMs: times.at(gap.from), text: gapText(gap), gap });
    }
  };
  try {
    for await (const { offset, bytes } of linesBackward(file, from, to)) {
      signal?.throwIfAborted();
      // A gap that begins where this line does stands before it.
      tellGapsBehind(offset + 1);
      if (found.length >= lines) break;
      found.push({ run: ref.run, stream, offset, atMs: times.at(offset), text: bytes.toString('utf8') });
      if (found.length >= lines) break;
    }
    if (found.length < lines) tellGapsBehind(0);
  } finally {
    times.close();
  }
  return { lines: found.slice(0, lines), isAll: from === file.clearedTo };
}

/** Lines of two streams by the time of their arrival; each stream keeps its own order. */
function* newestFirst([one, other]: readonly Found[]): Generator<LogLine> {
  const [a, b] = [one?.lines ?? [], other?.lines ?? []];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const [ofA, ofB] = [a[i], b[j]];
    const line = ofB === undefined || (ofA !== undefined && (ofA.atMs ?? 0) >= (ofB.atMs ?? 0)) ? ofA : ofB;
    if (line === ofA) i++;
    else j++;
    if (line !== undefined) yield line;
  }
}

/** Where the first line begins that arrived at or after a time, up to a second early; null = none did. */
export async function since(file: StoredFile, ms: number): Promise<number | null> {
  const times = new TimeIndex(file.paths.times);
  const offset = times.since(ms);
  times.close();
  if (offset === null || offset >= file.length) return null;
  return lineBegin(file, Math.max(offset, file.begin));
}
