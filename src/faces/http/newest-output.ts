/** The newest lines of one stream, or what came since a time, as the bytes that were written. */
import type { ProcessName, RunId, WorkerId } from '../../../protocol/ids';
import type { OutputStream } from '../../../protocol/output-stream';
import type { LogStore, OutputWindow } from '../../engine/log-store-port';

interface Wanted {
  /** How many of the newest; 0 = all. */
  readonly lines: number;
  readonly sinceMs?: number;
  /** Null = of all runs. */
  readonly run: RunId | null;
  readonly stream: OutputStream;
}

/** Of what came since a time: older lines than these are left out. */
const LINES_MAX = 1_000_000;

/**
 * Where they lie, for `readAll`; null = there are none. Its end is what is there now, so that what comes meanwhile makes
 * them no more than were asked for.
 */
export async function newestOutput(
  logs: LogStore,
  worker: WorkerId,
  process: ProcessName,
  { lines, sinceMs, run, stream }: Wanted,
  signal: AbortSignal,
): Promise<OutputWindow | null> {
  const only = { stream, ...(run === null ? {} : { run }) };
  if (lines === 0 && sinceMs === undefined) return only;
  const newest = logs.runs(worker, process, stream).findLast((one) => run === null || one.run === run);
  if (newest === undefined) return null;
  const to = { run: newest.run, offset: newest.bytes };
  const [from] = await logs.tail(worker, process, {
    ...only,
    lines: lines === 0 ? LINES_MAX : lines,
    before: to,
    signal,
    ...(sinceMs === undefined ? {} : { sinceMs }),
  });
  return from === undefined ? null : { ...only, from, to };
}

/** About as many bytes as `readAll` gives. */
export const bytesOfOutput = (
  logs: LogStore,
  worker: WorkerId,
  process: ProcessName,
  { run: only, stream, from }: OutputWindow,
): number =>
  logs
    .runs(worker, process, stream)
    .filter(({ run }) => (only === undefined || run === only) && (from === undefined || run >= from.run))
    .reduce(
      (sum, { run, bytes, storedBytes }) =>
        sum + (run === from?.run ? Math.min(storedBytes, bytes - from.offset) : storedBytes),
      0,
    );
