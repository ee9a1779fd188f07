/**
 * The jobs that match, in the order that was chosen. Only rows in sight exist, and only they are told anew; more are read as the reader comes
 * near the end of what is here.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { JobReader } from '../../link/job-reader';
import { Announcer } from '../../parts/announcer';
import { Problem } from '../../parts/problem';
import { useLook } from '../../parts/use-job-board';
import { useStore, useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import type { JobOrder } from '../../state/job-query';
import { useTableShape } from '../fleet/use-table-shape';
import { JobRowView } from './job-row';

/** Pixels of a row; styles/jobs.css fills them. */
const ROW_HEIGHTS = { wide: 46, snug: 50, cards: 92 } as const;
/** Rows before the end at which more are asked for. */
const AHEAD = 100;
/** Rows are looked at by so many, or each step of a scroll would be a question. */
const LOOK_STEP = 50;

export function JobTable({ reader, text, sort }: { reader: JobReader; text: string; sort: JobOrder }) {
  const { jobs } = useWords();
  const list = useStore(reader.store, (state) => state);
  const open = useUi(({ route }) => route.job);
  const scroller = useRef<HTMLDivElement>(null);
  const shape = useTableShape(scroller);
  const virtualizer = useVirtualizer({
    count: list.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHTS[shape],
    getItemKey: (index) => list.rows[index]?.job_id ?? index,
    paddingEnd: 24,
    overscan: 10,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, shape]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const from = Math.floor(first / LOOK_STEP) * LOOK_STEP;
  const to = Math.ceil((last + 1) / LOOK_STEP) * LOOK_STEP;
  useLook(list.rows.slice(from, to).map((row) => row.job_id));
  useEffect(() => reader.setAtHead(first <= LOOK_STEP), [reader, first]);
  useEffect(() => {
    if (last > list.rows.length - AHEAD) reader.more();
  }, [reader, last, list]);
  return (
    <div
      ref={scroller}
      className="jobs-table"
      data-shape={shape}
      role="table"
      aria-label={jobs.label(jobs.orders[sort])}
      aria-rowcount={list.next === null ? list.rows.length + 1 : -1}
      tabIndex={0}
    >
      <div className="job-line jobs-columns" role="row">
        {([jobs.state, jobs.job, jobs.why, jobs.worker, jobs.owner, jobs.since] as const).map((title) => (
          <span key={title} role="columnheader">
            {title}
          </span>
        ))}
      </div>
      <Problem why={list.problem} />
      <div className="table-rows" role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const row = list.rows[item.index];
          return (
            row && (
              <JobRowView
                key={row.job_id}
                row={row}
                index={item.index + 2}
                top={item.start}
                height={item.size}
                isOpen={row.job_id === open}
              />
            )
          );
        })}
      </div>
      {list.rows.length === 0 && list.problem === null && (
        <p className="table-empty">{!list.isRead ? jobs.reading : text === '' ? jobs.empty : jobs.none}</p>
      )}
      <Announcer text={jobs.shown(list.rows.length)} />
    </div>
  );
}
