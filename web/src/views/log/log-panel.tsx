/** A process's output: live at its end, all of it by scrolling or searching, and never moved under the reader's eyes. */
import { useEffect, useMemo, useState } from 'react';
import { LogFeed } from '../../link/log-feed';
import { MergedFeed } from '../../link/merged-feed';
import { go } from '../../link/navigation';
import type { OutputHit } from '../../link/log-search';
import { readRuns } from '../../link/logs';
import { useApp } from '../../parts/app-context';
import { useAnswer } from '../../parts/use-answer';
import { useFleet, useSettings, useStore, useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import type { LogChoice } from '../../state/log-choice';
import { lineName, parseLineName } from '../../state/log-rows';
import type { LogSource } from '../../state/log-source';
import { compile, LogSearch, type Hit, type Query } from '../../state/log-search';
import type { LogSubject } from '../../state/log-subject';
import { HistoryHits } from './history-hits';
import { LogLines } from './log-lines';
import { LogToolbar } from './log-toolbar';
import type { Target } from './target';

export function LogPanel({ process }: { process: LogSubject }) {
  const at = useUi((state) => state.route.at);
  const target = useMemo(() => (at === null ? null : parseLineName(at)), [at]);
  const isSplit = useIsSplit(process);
  const [chosen, setChosen] = useState<LogChoice | null>(null);
  // A line that the address names is in one stream, and there with everything around it.
  useEffect(() => {
    if (target !== null) setChosen(target.stream);
  }, [target]);
  const choice = isSplit ? (chosen ?? 'both') : 'stdout';
  const feed = useFeed(process.worker_id, process.process, choice);
  return (
    feed && (
      <Opened
        key={choice}
        feed={feed}
        process={process}
        choice={isSplit ? choice : null}
        onChoice={setChosen}
        jumpTo={target}
      />
    )
  );
}

/** Made in an effect, so that it is closed exactly as often as it was opened. */
function useFeed(workerId: string, process: string, choice: LogChoice): LogSource | null {
  const { live } = useApp();
  const [feed, setFeed] = useState<{ choice: LogChoice; source: LogSource } | null>(null);
  useEffect(() => {
    const source =
      choice === 'both'
        ? new MergedFeed(live.socket, { workerId, process })
        : new LogFeed(live.socket, { workerId, process, stream: choice });
    setFeed({ choice, source });
    return () => source.close();
  }, [live, workerId, process, choice]);
  // Between a choice and its feed there is one drawing without.
  return feed?.choice === choice ? feed.source : null;
}

/** Does it write to stderr apart from stdout? Asked once for each run: a definition may have changed it. */
function useIsSplit({ worker_id: workerId, process, run_id: run }: LogSubject): boolean {
  const seq = useFleet((fleet) => fleet.seq === null);
  const answer = useAnswer((signal) => readRuns({ workerId, process, stream: 'stderr' }, signal), [run, seq]);
  return answer.kind === 'here' && answer.value.length > 0;
}

interface OpenedProps {
  readonly feed: LogSource;
  readonly process: LogSubject;
  /** Null = it has one stream. */
  readonly choice: LogChoice | null;
  readonly onChoice: (choice: LogChoice) => void;
  readonly jumpTo: Target | null;
}

function Opened({ feed, process, choice, onChoice, jumpTo }: OpenedProps) {
  const words = useWords();
  const { ui } = useApp();
  const status = useStore(feed.status, (state) => state);
  const regex = useSettings((state) => state.searchRegex);
  const [text, setText] = useState('');
  const [matchCase, setMatchCase] = useState(false);
  const [hit, setHit] = useState<Hit | null>(null);
  const [following, setFollowing] = useState(true);
  const [history, setHistory] = useState<Query | null>(null);
  const [target, setTarget] = useState<Target | null>(jumpTo);
  useEffect(() => setTarget(jumpTo), [jumpTo]);

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
    const offset = next.block.byteStart + (next.block.byteStarts[next.line] ?? 0);
    setTarget({ runId: next.block.runId, offset, stream: next.block.stream });
  };
  const jump = ({ run_id: runId, offset, stream }: OutputHit) => {
    go(ui, { at: lineName(runId, offset, stream) });
    // The address is the same when the same hit is asked for again; the reader may have gone elsewhere meanwhile.
    if (choice === null || choice === stream) setTarget({ runId, offset, stream });
  };

  return (
    <div className="log">
      <LogToolbar
        process={process}
        choice={choice}
        onChoice={onChoice}
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
