/**
 * The lines in sight. Every row is ROW_PIXELS high (state/log-rows.ts cuts wrapped lines), so which rows are in sight is
 * a division, and a hundred thousand lines cost what forty cost.
 *
 * The reader's place is theirs: at the end the view follows, anywhere else the line at the top stays where it is while
 * lines are added below, put before, or let go.
 */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type ClipboardEvent } from 'react';
import type { LogSource, LogStatus } from '../../state/log-source';
import { useFleet, useSettings } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import type { Block } from '../../state/log-block';
import {
  indexRows,
  lineId,
  lineName,
  placeOfRow,
  rowOfByte,
  rowOfLine,
  type RowIndex,
  type RowPlace,
} from '../../state/log-rows';
import type { Hit } from '../../state/log-search';
import type { LogSubject } from '../../state/log-subject';
import { endingOf } from '../../state/run-ending';
import { LOG_EVENT } from '../use-keys';
import { LogRow } from './log-row';
import type { Target } from './target';
import { useLogSize } from './use-log-size';

export const ROW_PIXELS = 18;
/** Rows drawn beyond what is in sight, so that a fast scroll shows no holes. */
const OVERSCAN = 24;
/** Nearer than this to an end of what is loaded, the next part is read. */
const READ_AHEAD_PIXELS = 3_000;

interface Props {
  readonly feed: LogSource;
  readonly status: LogStatus;
  readonly process: LogSubject;
  readonly pattern: RegExp | null;
  readonly hit: Hit | null;
  readonly following: boolean;
  readonly onFollowing: (on: boolean) => void;
  readonly target: Target | null;
  readonly onTargetReached: () => void;
}

const NOTHING_WHOLE: ReadonlySet<string> = new Set();

export function LogLines(props: Props) {
  const { feed, status, process, pattern, hit, following, onFollowing, target, onTargetReached } = props;
  const words = useWords();
  const wrap = useSettings((state) => state.wrap);
  const scroller = useRef<HTMLDivElement>(null);
  const { height, columns } = useLogSize(scroller);
  const [top, setTop] = useState(0);
  const [whole, setWhole] = useState(NOTHING_WHOLE);
  const [marked, setMarked] = useState<string | null>(null);
  const window = status.window;
  const layout = useMemo(() => ({ columns: wrap ? columns : null, whole }), [wrap, columns, whole]);
  const index = useMemo(
    () => indexRows(window?.blocks ?? [], layout),
    // The window changes in place; its version says when.
    [window, status.version, layout],
  );
  const place = usePlaceKept(scroller, index, following, setTop);
  const fresh = useArrivedSince(following, window?.arrived ?? 0);

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 4;
    const moved = element.scrollTop - place.lastTop.current;
    place.remember(element.scrollTop);
    setTop(element.scrollTop);
    // Only the reader scrolls upwards, and only the reader comes down to the end: growth moves the end, a jump nothing.
    if (following && moved < -1 && !atEnd) onFollowing(false);
    else if (!following && moved > 1 && atEnd && window?.detached === false) onFollowing(true);
  };

  useEffect(() => {
    const element = scroller.current;
    if (element === null || window === null || target !== null) return;
    if (element.scrollTop < READ_AHEAD_PIXELS && (!following || index.rows * ROW_PIXELS < height * 2))
      feed.readEarlier();
    if (window.detached && element.scrollTop + height > element.scrollHeight - READ_AHEAD_PIXELS) feed.readLater();
  }, [feed, window, index, top, height, following, target]);

  // A target that is loaded is shown in the middle; one that is not is loaded first, and then this comes again.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (target === null || element === null) return;
    const row = rowOfByte(index, target);
    if (row === null) {
      if (status.reading === null) feed.jump(target.runId, target.offset);
      onFollowing(false);
      return;
    }
    onFollowing(false);
    place.scrollTo(Math.max(0, row * ROW_PIXELS - element.clientHeight / 2));
    setMarked(lineName(target.runId, target.offset, target.stream));
    onTargetReached();
  }, [target, index, status.reading]);

  const toEnd = useCallback(() => {
    if (feed.status.get().window?.detached === true) feed.jumpToEnd();
    onFollowing(true);
  }, [feed, onFollowing]);
  useEffect(() => {
    addEventListener(LOG_EVENT, toEnd);
    return () => removeEventListener(LOG_EVENT, toEnd);
  }, [toEnd]);

  const showAll = useCallback(
    (block: Block, line: number) => {
      if (block.kind === 'text') setWhole((before) => new Set(before).add(lineId(block, line)));
    },
    [setWhole],
  );

  const first = Math.max(0, Math.floor(top / ROW_PIXELS) - OVERSCAN);
  const last = Math.min(index.rows, Math.ceil((top + height) / ROW_PIXELS) + OVERSCAN);
  const rows: { row: number; place: RowPlace }[] = [];
  for (let row = first; row < last; row++) {
    const found = placeOfRow(index, row);
    if (found !== null) rows.push({ row, place: found });
  }
  return (
    <div className="log-view">
      <div
        ref={scroller}
        className="log-scroller"
        data-wrap={wrap || undefined}
        role="region"
        aria-label={words.log.label(process.key)}
        tabIndex={0}
        onScroll={onScroll}
        onCopy={copyLines}
      >
        <div className="log-space" style={{ height: index.rows * ROW_PIXELS }}>
          <div className="log-rows" style={{ transform: `translateY(${first * ROW_PIXELS}px)` }}>
            {rows.map(({ row, place: { block, line, piece } }) => (
              <Row
                key={row}
                block={block}
                line={line}
                piece={piece}
                layout={layout}
                pattern={pattern}
                current={isCurrent(block, line, hit, marked)}
                process={process}
                previousRun={block.kind === 'run' ? runBefore(window?.runs ?? [], block.runId) : null}
                onShowAll={showAll}
              />
            ))}
          </div>
        </div>
        {index.rows === 0 && (
          <p className="table-empty">
            {status.reading === null && window !== null ? words.log.empty : words.log.loading}
          </p>
        )}
      </div>
      {!following && (
        <button type="button" className="log-new" onClick={toEnd}>
          {fresh > 0 ? words.log.newLines(fresh) : words.log.newest}
        </button>
      )}
    </div>
  );
}

interface RowProps {
  readonly block: Block;
  readonly line: number;
  readonly piece: number;
  readonly layout: RowIndex['layout'];
  readonly pattern: RegExp | null;
  readonly current: boolean;
  readonly process: LogSubject;
  readonly previousRun: string | null;
  readonly onShowAll: (block: Block, line: number) => void;
}

function Row({ block, line, piece, layout, process, previousRun, ...rest }: RowProps) {
  const events = useFleet((fleet) => (previousRun === null ? null : fleet.events));
  const ending = useMemo(
    () => (previousRun === null || events === null ? null : endingOf(previousRun, process, events)),
    [previousRun, events, process],
  );
  return (
    <LogRow
      {...rest}
      block={block}
      line={line}
      piece={piece}
      columns={layout.columns}
      whole={block.kind === 'text' && layout.whole.has(lineId(block, line))}
      chars={block.kind === 'text' && line === block.charStarts.length - 1 ? block.text.length : 0}
      ending={ending}
    />
  );
}

const runBefore = (runs: readonly { runId: string }[], runId: string): string | null =>
  runs[runs.findIndex((run) => run.runId === runId) - 1]?.runId ?? null;

const isCurrent = (block: Block, line: number, hit: Hit | null, marked: string | null): boolean =>
  block.kind === 'text' && ((hit?.block === block && hit.line === line) || lineId(block, line) === marked);

/** Keeps the end in sight while following, and the top line in place otherwise. */
function usePlaceKept(
  scroller: React.RefObject<HTMLDivElement | null>,
  index: RowIndex,
  following: boolean,
  setTop: (top: number) => void,
) {
  const lastTop = useRef(0);
  const anchor = useRef<{ place: RowPlace; rest: number } | null>(null);
  const indexNow = useRef(index);
  const remember = (at: number) => {
    lastTop.current = at;
    const place = placeOfRow(indexNow.current, Math.floor(at / ROW_PIXELS));
    anchor.current = place === null ? null : { place, rest: at % ROW_PIXELS };
  };
  const scrollTo = (at: number) => {
    const element = scroller.current;
    if (element === null) return;
    element.scrollTop = at;
    remember(element.scrollTop);
    setTop(element.scrollTop);
  };
  useLayoutEffect(() => {
    indexNow.current = index;
    const element = scroller.current;
    if (element === null) return;
    if (following) {
      scrollTo(element.scrollHeight);
      return;
    }
    const kept = anchor.current;
    if (kept === null) return;
    const { block, line, piece } = kept.place;
    const row = rowOfLine(index, block, line);
    const at = row === null ? element.scrollTop : (row + piece) * ROW_PIXELS + kept.rest;
    if (Math.abs(at - element.scrollTop) >= 1) scrollTo(at);
    else remember(element.scrollTop);
  }, [index, following]);
  return { lastTop, remember, scrollTo };
}

/** Lines that came since the reader left the end. */
function useArrivedSince(following: boolean, arrived: number): number {
  const left = useRef(arrived);
  if (following) left.current = arrived;
  return arrived - left.current;
}

/** A wrapped line is copied as the one line it is. */
function copyLines(event: ClipboardEvent): void {
  const selection = getSelection();
  if (selection === null || selection.rangeCount === 0) return;
  const picked = selection.getRangeAt(0).cloneContents();
  for (const button of picked.querySelectorAll('button')) button.remove();
  const rows = [...picked.querySelectorAll<HTMLElement>('.log-row')];
  if (rows.length < 2) return;
  const text = rows
    .map((row, at) => (at === 0 || Number(row.dataset.piece ?? 0) > 0 ? '' : '\n') + (row.textContent ?? ''))
    .join('');
  event.clipboardData.setData('text/plain', text);
  event.preventDefault();
}
