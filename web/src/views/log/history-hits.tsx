import { useMemo } from 'react';
import type { OutputHit } from '../../link/log-search';
import { IconButton } from '../../parts/icon-button';
import { useWords } from '../../parts/use-words';
import type { Query } from '../../state/log-search';
import type { LogSubject } from '../../state/log-subject';
import { HitList } from '../search/hit-list';
import { useOutputSearch } from '../search/use-output-search';

interface Props {
  readonly process: LogSubject;
  readonly query: Query;
  readonly onJump: (hit: OutputHit) => void;
  readonly onClose: () => void;
}

const ALL_HISTORY = { limit: 500, since: null } as const;

/** Hits in everything that is kept, found by the manager where the output lies. */
export function HistoryHits({ process, query, onJump, onClose }: Props) {
  const { log } = useWords();
  const keys = useMemo(() => [process.key], [process.key]);
  const { hits, state } = useOutputSearch(keys, query, ALL_HISTORY);
  const found = hits.length === 0 ? log.historyNone : log.historyTitle(hits.length);
  return (
    <section className="history" aria-label={log.history}>
      <header>
        <span role="status">
          {state.kind === 'searching' ? log.searching : state.kind === 'failed' ? state.why : found}
        </span>
        {state.kind === 'over' && !state.complete && <span className="hint">{log.historyMore}</span>}
        <IconButton icon="close" label={log.closeHits} onClick={onClose} />
      </header>
      {hits.length > 0 && <HitList hits={hits} query={query} withNames={false} onJump={onJump} />}
    </section>
  );
}
