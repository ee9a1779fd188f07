/** Searching all that is stored of processes. Hits are told while they are found. */
import type { SearchLine } from '../../../protocol/http';
import type { Query } from '../state/log-search';
import { fetchFrom } from './ask';

export type OutputHit = Extract<SearchLine, { line: string }>;
type End = Exclude<SearchLine, OutputHit>;

export interface OutputSearch {
  /** `worker/process`. */
  readonly keys: readonly string[];
  readonly query: Query;
  /** Hits wanted at most. */
  readonly limit: number;
  /** `10m`, or a date; null = all that is kept. */
  readonly since: string | null;
}

/**
 * Resolves when all is looked at, or with `complete: false` when there are more than wanted.
 * @param onHits in the order in which they were found
 */
export async function searchOutput(
  { keys, query, limit, since }: OutputSearch,
  onHits: (hits: readonly OutputHit[]) => void,
  signal: AbortSignal,
): Promise<{ readonly complete: boolean }> {
  const body = JSON.stringify({
    selector: keys,
    q: query.text,
    regex: query.regex,
    ignore_case: !query.matchCase,
    limit,
    ...(since === null ? {} : { since }),
  });
  const response = await fetchFrom('logs/search', { method: 'POST', body, signal });
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of chunks(response)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    const told = lines.map((line) => JSON.parse(line) as SearchLine);
    const end = told.find((line): line is End => 'end' in line);
    const hits = told.filter((line): line is OutputHit => !('end' in line));
    if (hits.length > 0) onHits(hits);
    if (end !== undefined) {
      if ('error' in end) throw new Error(end.error);
      return { complete: end.complete };
    }
  }
  throw new Error('The search broke off before it was over; what is listed is what was found until then.');
}

async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
