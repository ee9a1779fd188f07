/** Reading output: ranges of a run as bytes, and searching all of its runs where they are stored. */
import type { LogHit } from '../../../protocol/http';
import type { Read } from '../state/log-window';
import { ask, fetchFrom } from './ask';
import { apiUrl, segment } from './address';

export interface LogOf {
  readonly workerId: string;
  readonly process: string;
}

export async function readRange(
  of: LogOf,
  read: Read,
  signal: AbortSignal,
): Promise<{ offset: number; size: number; data: Uint8Array }> {
  const path = `logs/${segment(of.workerId)}/${segment(of.process)}/${segment(read.runId)}`;
  const response = await fetchFrom(`${path}?offset=${read.offset}&bytes=${read.bytes}`, { signal });
  const data = new Uint8Array(await response.arrayBuffer());
  const header = (name: string, otherwise: number) => Number(response.headers.get(name) ?? otherwise);
  const offset = header('X-Log-Offset', read.offset);
  return { offset, size: header('X-Log-Size', offset + data.length), data };
}

export const HISTORY_HITS_MAX = 500;

export function searchHistory(
  of: LogOf,
  query: { text: string; regex: boolean; matchCase: boolean },
  signal: AbortSignal,
): Promise<{ hits: LogHit[]; complete: boolean }> {
  const words = new URLSearchParams({ q: query.text, limit: String(HISTORY_HITS_MAX) });
  if (query.regex) words.set('regex', '1');
  if (!query.matchCase) words.set('ignore_case', '1');
  return ask(`logs/${segment(of.workerId)}/${segment(of.process)}/search?${words}`, { signal });
}

/** All that is kept, as text. */
export const downloadUrl = (workerId: string, process: string): string =>
  apiUrl(`workers/${segment(workerId)}/logs?format=text&limit=0&process=${segment(process)}`);
