/** Searching where the output is stored: hits of many processes as the manager finds them. */
import { createInterface } from 'node:readline';
import type { SearchLine } from '../../protocol/http';
import { CliError, EXIT } from './exit';
import type { StoredLine } from './log-lines';
import type { ManagerClient } from './manager-client';

/** As the API takes it (protocol/http.ts, LogSearchBody). */
export interface SearchQuery {
  readonly selector: readonly string[];
  readonly q: string;
  readonly regex: boolean;
  readonly since?: string | undefined;
  readonly stream: 'stderr' | 'both';
}

export interface Hit {
  readonly key: string;
  readonly line: StoredLine;
}

/** @throws CliError when the search broke off: what came before it was found all the same */
export async function* searchLines(client: ManagerClient, query: SearchQuery): AsyncGenerator<Hit> {
  const answer = await client.postStream('/api/logs/search', query);
  let isEnded = false;
  for await (const text of createInterface({ input: answer, crlfDelay: Infinity })) {
    const found = JSON.parse(text) as SearchLine;
    if (!('end' in found)) yield { key: found.key, line: lineOf(found) };
    else if ('error' in found) throw new CliError(EXIT.failed, found.error);
    else isEnded = true;
  }
  if (!isEnded) throw new CliError(EXIT.failed, 'The search broke off: the connection to the manager was lost');
}

const lineOf = ({
  run_id: run,
  stream,
  offset,
  at_ms: atMs,
  line: text,
}: Exclude<SearchLine, { end: true }>): StoredLine => ({
  run,
  stream,
  offset,
  atMs,
  text,
});
