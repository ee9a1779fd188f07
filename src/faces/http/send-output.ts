/** Output of one stream as the bytes that were written: all of it, the newest lines, or what came since a time. */
import type { Request, Response } from 'express';
import type { RunId } from '../../../protocol/ids';
import type { OutputStream } from '../../../protocol/output-stream';
import type { LogStore, LogTarget, OutputWindow } from '../../engine/log-store-port';
import { compressed, pipeTo } from './pipe';
import type { HttpParts } from './route';
import { parseSince } from './since';

interface Wanted {
  /** How many of the newest; 0 = all. */
  readonly lines: number;
  /** As it was asked (since.ts). */
  readonly since: string | undefined;
  /** Undefined = of all runs. */
  readonly run: RunId | undefined;
  readonly stream: OutputStream;
}

/** As it is read: an output may be longer than what fits into memory. @throws Refusal bad_request: `since` is no time */
export async function sendOutput(
  { logs, engine }: HttpParts,
  target: LogTarget,
  { lines, since, run, stream }: Wanted,
  request: Request,
  response: Response,
  signal: AbortSignal,
): Promise<void> {
  const only = { stream, ...(run === undefined ? {} : { run }) };
  const sinceMs = since === undefined ? null : parseSince(since, engine.nowMs);
  const window =
    lines === 0 && sinceMs === null ? only : await newest(logs, target, { ...only, lines, sinceMs }, signal);
  if (window === null) return void response.end();
  const { worker, process } = target;
  const output = logs.readAll(worker, process, window);
  await pipeTo(compressed(output, bytesIn(logs, target, window), request, response), response);
}

/** Of what came since a time: older lines than these are left out. */
const LINES_MAX = 1_000_000;

interface Newest {
  readonly stream: OutputStream;
  readonly run?: RunId;
  readonly lines: number;
  readonly sinceMs: number | null;
}

/**
 * Where they lie, for `readAll`; null = there are none. Its end is what is there now, so that what comes meanwhile makes
 * them no more than were asked for.
 */
async function newest(
  logs: LogStore,
  { worker, process }: LogTarget,
  { lines, sinceMs, ...only }: Newest,
  signal: AbortSignal,
): Promise<OutputWindow | null> {
  const last = logs
    .runs(worker, process, only.stream)
    .findLast(({ run }) => only.run === undefined || run === only.run);
  if (last === undefined) return null;
  const to = { run: last.run, offset: last.bytes };
  const [from] = await logs.tail(worker, process, {
    ...only,
    lines: lines === 0 ? LINES_MAX : lines,
    before: to,
    signal,
    ...(sinceMs === null ? {} : { sinceMs }),
  });
  return from === undefined ? null : { ...only, from, to };
}

/** About as many bytes as `readAll` gives. */
const bytesIn = (logs: LogStore, { worker, process }: LogTarget, { run: only, stream, from }: OutputWindow): number =>
  logs
    .runs(worker, process, stream)
    .filter(({ run }) => (only === undefined || run === only) && (from === undefined || run >= from.run))
    .reduce(
      (sum, { run, bytes, storedBytes }) =>
        sum + (run === from?.run ? Math.min(storedBytes, bytes - from.offset) : storedBytes),
      0,
    );
