/** A search that goes on while its hits are shown; another query, or leaving, ends it. */
import { useEffect, useState } from 'react';
import { searchOutput, type OutputHit } from '../../link/log-search';
import type { Query } from '../../state/log-search';
import { sentenceOf } from '../../../../protocol/sentence-of';

export type SearchState =
  | { readonly kind: 'searching' }
  | { readonly kind: 'over'; readonly complete: boolean }
  | { readonly kind: 'failed'; readonly why: string };
export interface Search {
  readonly hits: readonly OutputHit[];
  readonly state: SearchState;
}

const BEGUN: Search = { hits: [], state: { kind: 'searching' } };

/** @param keys the same array for the same processes */
export function useOutputSearch(
  keys: readonly string[],
  query: Query,
  { limit, since }: { readonly limit: number; readonly since: string | null },
): Search {
  const [search, setSearch] = useState<Search>(BEGUN);
  useEffect(() => {
    const abort = new AbortController();
    setSearch(BEGUN);
    const end = (state: SearchState) => {
      if (!abort.signal.aborted) setSearch((before) => ({ ...before, state }));
    };
    searchOutput(
      { keys, query, limit, since },
      (found) => setSearch((before) => ({ ...before, hits: [...before.hits, ...found] })),
      abort.signal,
    ).then(
      ({ complete }) => end({ kind: 'over', complete }),
      (error: unknown) => end({ kind: 'failed', why: sentenceOf(error) }),
    );
    return () => abort.abort();
  }, [keys, query, limit, since]);
  return search;
}
