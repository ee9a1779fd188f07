/** A process's output: live at its end, all of it by scrolling or searching, and never moved under the reader's eyes. */
import { useEffect, useMemo, useState } from 'react';
import type { LogHit } from '../../../../protocol/http';
import type { ProcessView } from '../../../../protocol/views';
import { LogFeed } from '../../link/log-feed';
import { useApp } from '../../parts/app-context';
import { useSettings, useStore } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { compile, LogSearch, type Hit, type Query } from '../../state/log-search';
import { HistoryHits } from './history-hits';
import { LogLines } from './log-lines';
import { LogToolbar } from './log-toolbar';
import type { Target } from './target';

export function LogPanel({ process }: { process: ProcessView }) {
  const feed = useFeed(process.worker_id, process.process);
  return feed && <Opened feed={feed} process={process} />;
}

/** Made in an effect, so that it is closed exactly as often as it was opened. */
function useFeed(workerId: string, process: string): LogFeed | null {
  const { live } = useApp();
  const [feed, setFeed] = useState<LogFeed | null>(null);
  useEffect(() => {
    const opened = new LogFeed(live.socket, { workerId, process });
    setFeed(opened);
    return () => opened.close();
  }, [live, workerId, process]);
  return feed;
}

function Opened({ feed, process }: { feed: LogFeed; process: ProcessView }) {
  const words = useWords();
  const status = useStore(feed.status, (state) => state);
  const regex = useSettings((state) => state.searchRegex);
  const [text, setText] = useState('');
  const [matchCase, setMatchCase] = useState(false);
  const [hit, setHit] = useState<Hit | null>(null);
  const [following, setFollowing] = useState(true);
  const [history, setHistory] = useState<Query | null>(null);
  const [target, setTarget] = useState<Target | null>(null);

  const query = useMemo((): Query => ({ text, regex, matchCase }), [text, regex, matchCase]);
  const compiled = useMemo(() => compile(query), [query]);
  const pattern = compiled instanceof RegExp ? compiled : null;
  const search = useMemo(() => (pattern === null ? null : new LogSearch(pattern)), [pattern]);
  const hits = useMemo(
    () => search?.hits(status.window?.blocks ?? []) ?? [],
    // The window changes in place; its version says when.
    [search, status.window, status.version],
  );

  const step = (by: 1 | -1) => {
    if (hits.length === 0) return;
    const at = hit === null ? -1 : hits.findIndex((one) => one.block === hit.block && one.line === hit.line);
    // The first step goes to the newest hit: that is what the reader has before the eyes.
    const next = hits[at < 0 ? hits.length - 1 : (at + by + hits.length) % hits.length];
    if (next === undefined) return;
    setHit(next);
    setTarget({ runId: next.block.runId, offset: next.block.byteStart + (next.block.byteStarts[next.line] ?? 0) });
  };
  const jump = (to: LogHit) => setTarget({ runId: to.run_id, offset: to.offset });

  return (
    <div className="log">
      <LogToolbar
        process={process}
        query={query}
        problem={compiled !== null && 'problem' in compiled ? compiled.problem : null}
        hits={hits}
        hit={hit}
        following={following}
        onText={(next) => {
          setText(next);
          setHit(null);
        }}
        onMatchCase={setMatchCase}
        onStep={step}
        onHistory={() => setHistory(query)}
        onFollow={(on) => {
          if (on && status.window?.detached === true) feed.jumpToEnd();
          setFollowing(on);
        }}
      />
      {status.problem !== null && (
        <div className="problem" role="alert">
          <span>{status.problem}</span>
          <button type="button" className="link" onClick={feed.readLater}>
            {words.log.retry}
          </button>
        </div>
      )}
      {history !== null && (
        <HistoryHits process={process} query={history} onJump={jump} onClose={() => setHistory(null)} />
      )}
      <LogLines
        feed={feed}
        status={status}
        process={process}
        pattern={pattern}
        hit={hit}
        following={following}
        onFollowing={setFollowing}
        target={target}
        onTargetReached={() => setTarget(null)}
      />
    </div>
  );
}
