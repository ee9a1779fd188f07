/**
 * Frees the middle of a file that another program is writing to, by a hole: offsets stay true, and the writer, which only
 * appends, notices nothing. Node has no such call; util-linux's `fallocate` is on every Linux that is not minimal. It is
 * one program each time, so it is asked for seldom and for much.
 */
import { execFile } from 'node:child_process';

/** Holes begin and end on blocks of the filesystem; a part of one would only be zeroed, not freed. */
export const HOLE_ALIGN_BYTES = 64 * 1024;
const TIMEOUT_MS = 30_000;

/** Null = done. Otherwise why not: the filesystem has no holes, or the program is not there. */
export function punchHole(path: string, from: number, to: number): Promise<string | null> {
  const range = ['--offset', String(from), '--length', String(to - from)];
  return new Promise((resolve) =>
    execFile('fallocate', ['--punch-hole', ...range, path], { timeout: TIMEOUT_MS }, (error, _out, said) =>
      resolve(error === null ? null : said.trim() || error.message),
    ),
  );
}
