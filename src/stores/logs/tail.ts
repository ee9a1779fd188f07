/** The last lines over all runs of a process, and the place where a time begins. */
import type { LogLine, LogPosition, TailRequest } from '../../engine/log-store-port';
import type { StoredFile } from './catalogue';
import { lineBegin, linesBackward } from './lines-backward';
import { TimeIndex } from './time-index';

/** @param files oldest first */
export async function tail(files: readonly StoredFile[], request: TailRequest): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (const file of [...files].reverse()) {
    const { run } = file.ref;
    const { before, notBefore, signal } = request;
    if ((before && run > before.run) || (request.run && run !== request.run)) continue;
    if (notBefore && run < notBefore.run) break;
    const from = notBefore?.run === run ? Math.max(file.begin, notBefore.offset) : file.begin;
    const to = before?.run === run ? Math.min(file.length, before.offset) : file.length;
    const times = new TimeIndex(file);
    try {
      if (lines.length >= request.lines) break;
      for await (const { offset, bytes } of linesBackward(file, from, to)) {
        signal?.throwIfAborted();
        lines.push({ run, offset, atMs: times.at(offset), text: bytes.toString('utf8') });
        if (lines.length >= request.lines) break;
      }
    } finally {
      times.close();
    }
  }
  return lines.reverse();
}

/** @param files oldest first */
export async function since(files: readonly StoredFile[], ms: number): Promise<LogPosition | null> {
  for (const file of files) {
    const times = new TimeIndex(file);
    const offset = times.since(ms);
    times.close();
    if (offset === null || offset >= file.length) continue;
    return { run: file.ref.run, offset: await lineBegin(file, Math.max(offset, file.begin)) };
  }
  return null;
}
