/** Lines that were found, in the order of their arrival. One is a click away from its place in the log. */
import { useMemo } from 'react';
import type { OutputHit } from '../../link/log-search';
import { clockTime, fullTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';
import { plainText } from '../../state/ansi';
import { compile, type Query } from '../../state/log-search';
import { Marked } from '../log/marked';

interface Props {
  readonly hits: readonly OutputHit[];
  readonly query: Query;
  /** Several processes are searched. */
  readonly withNames: boolean;
  readonly onJump: (hit: OutputHit) => void;
}

/** Characters of a hit's line in the list. */
const EXCERPT_CHARS = 300;

export function HitList({ hits, query, withNames, onJump }: Props) {
  const words = useWords();
  const compiled = useMemo(() => compile(query), [query]);
  const pattern = compiled instanceof RegExp ? compiled : null;
  return (
    <ol className="hits">
      {hits.map((hit) => {
        // A line whose arrival nobody noted is at least as old as its run.
        const atMs = hit.at_ms ?? Number(hit.run_id.slice(0, 13));
        return (
          <li key={`${hit.key} ${hit.run_id} ${hit.stream} ${hit.offset}`} data-stream={hit.stream}>
            <button type="button" onClick={() => onJump(hit)}>
              <time title={fullTime(atMs, words.locale)}>{clockTime(atMs, words.locale)}</time>
              {withNames && <span className="hit-key">{hit.key}</span>}
              <code>
                <Marked text={plainText(hit.line).slice(0, EXCERPT_CHARS)} pattern={pattern} />
              </code>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
