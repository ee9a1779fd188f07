import { useEffect, useMemo, useState } from 'react';
import type { LogHit } from '../../../../protocol/http';
import type { ProcessView } from '../../../../protocol/views';
import { searchHistory } from '../../link/logs';
import { IconButton } from '../../parts/icon-button';
import { clockTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';
import { plainText } from '../../state/ansi';
import { compile, type Query } from '../../state/log-search';
import { Marked } from './marked';

interface Props {
  readonly process: ProcessView;
  readonly query: Query;
  readonly onJump: (hit: LogHit) => void;
  readonly onClose: () => void;
}
type Answer =
  | { readonly kind: 'searching' }
  | { readonly kind: 'found'; readonly hits: readonly LogHit[]; readonly complete: boolean }
  | { readonly kind: 'failed'; readonly why: string };

/** Characters of a hit's line in the list. */
const EXCERPT_CHARS = 300;

/** Hits in everything that is kept, found by the manager where the output lies. */
export function HistoryHits({ process, query, onJump, onClose }: Props) {
  const words = useWords();
  const { worker_id: workerId, process: name } = process;
  const [answer, setAnswer] = useState<Answer>({ kind: 'searching' });
  useEffect(() => {
    const abort = new AbortController();
    setAnswer({ kind: 'searching' });
    searchHistory({ workerId, process: name }, query, abort.signal).then(
      ({ hits, complete }) => setAnswer({ kind: 'found', hits, complete }),
      (error: unknown) => {
        if (!abort.signal.aborted)
          setAnswer({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => abort.abort();
  }, [workerId, name, query]);
  const pattern = useMemo(() => compile(query), [query]);
  const hits = answer.kind === 'found' ? answer.hits : [];
  const title =
    answer.kind === 'searching'
      ? words.log.searching
      : answer.kind === 'failed'
        ? answer.why
        : hits.length === 0
          ? words.log.historyNone
          : words.log.historyTitle(hits.length);
  return (
    <section className="history" aria-label={words.log.history}>
      <header>
        <span role="status">{title}</span>
        {answer.kind === 'found' && !answer.complete && <span className="hint">{words.log.historyMore}</span>}
        <IconButton icon="close" label={words.log.closeHits} onClick={onClose} />
      </header>
      {hits.length > 0 && (
        <ol>
          {hits.map((hit) => (
            <li key={`${hit.run_id}:${hit.offset}`}>
              <button type="button" onClick={() => onJump(hit)}>
                <time>{clockTime(Number(hit.run_id.slice(0, 13)), words.locale)}</time>
                <code>
                  <Marked
                    text={plainText(hit.line).slice(0, EXCERPT_CHARS)}
                    pattern={pattern instanceof RegExp ? pattern : null}
                  />
                </code>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
