/** Reading output: ranges of a run as bytes, its runs, its newest lines, and all of it as a download. */
import type { FollowRequest } from '../../../protocol/live';
import type { OutputStream } from '../../../protocol/output-stream';
import type { LogRunView } from '../../../protocol/views';
import type { Range } from '../state/log-window';
import type { TailLine } from '../state/merged-tail';
import { ask, fetchFrom } from './ask';
import { apiUrl, segment } from './address';

export interface LogOf {
  readonly workerId: string;
  readonly process: string;
  readonly stream: OutputStream;
}

export const followRequest = ({ workerId, process, stream }: LogOf): FollowRequest => ({
  worker_id: workerId,
  process,
  stream,
});

const pathOf = ({ workerId, process }: Pick<LogOf, 'workerId' | 'process'>): string =>
  `logs/${segment(workerId)}/${segment(process)}`;

export async function readRange(
  of: LogOf,
  read: Range,
  signal: AbortSignal,
): Promise<{ offset: number; size: number; data: Uint8Array }> {
  const query = `stream=${of.stream}&offset=${read.offset}&bytes=${read.bytes}`;
  const response = await fetchFrom(`${pathOf(of)}/${segment(read.runId)}?${query}`, { signal });
  const data = new Uint8Array(await response.arrayBuffer());
  const header = (name: string, otherwise: number) => Number(response.headers.get(name) ?? otherwise);
  const offset = header('X-Log-Offset', read.offset);
  return { offset, size: header('X-Log-Size', offset + data.length), data };
}

export const readRuns = async (of: LogOf, signal: AbortSignal): Promise<readonly LogRunView[]> =>
  (await ask<{ runs: LogRunView[] }>(`${pathOf(of)}?stream=${of.stream}`, { signal })).runs;

/** The newest lines of both streams, by the time of their arrival. */
export const readTail = async (
  { workerId, process }: Pick<LogOf, 'workerId' | 'process'>,
  lines: number,
  signal: AbortSignal,
): Promise<readonly TailLine[]> => {
  const query = new URLSearchParams({ process, stream: 'both', limit: String(lines) }).toString();
  return (await ask<{ lines: TailLine[] }>(`workers/${segment(workerId)}/logs?${query}`, { signal })).lines;
};

/** All that is kept, as text. */
export const downloadUrl = (workerId: string, process: string, stream: OutputStream | 'both'): string =>
  apiUrl(`workers/${segment(workerId)}/logs?format=text&limit=0&process=${segment(process)}&stream=${stream}`);
