/**
 * The table of workers and processes. Only the rows in sight exist; their heights are known beforehand, so five
 * thousand rows scroll like fifty. Its shape follows its own width, not the window's: an open process narrows it.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useApp } from '../../parts/app-context';
import { useFleet, useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { lastContactMs } from '../../state/fleet';
import type { Row } from '../../state/rows';
import { MOVE_EVENT } from '../use-keys';
import { IdleRow } from './idle-row';
import { ProcessRow } from './process-row';
import type { RowPlace } from './row-place';
import { TableHead } from './table-head';
import { ROW_HEIGHTS, useTableShape } from './use-table-shape';
import { WorkerRow } from './worker-row';

export function FleetTable({ rows }: { rows: readonly Row[] }) {
  const words = useWords();
  const { ui } = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const shape = useTableShape(scroller);
  const cursor = useUi((state) => state.cursor);
  const heights = ROW_HEIGHTS[shape];
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heights[rows[index]?.kind ?? 'process'],
    getItemKey: (index) => rows[index]?.id ?? index,
    paddingStart: shape === 'cards' ? 8 : 0,
    paddingEnd: 72,
    overscan: 8,
  });
  // Heights are by kind and shape: another order or width means other places.
  useEffect(() => virtualizer.measure(), [virtualizer, shape, rows]);

  useEffect(() => {
    const onMove = (event: Event) => {
      const by = (event as CustomEvent<1 | -1>).detail;
      const at = rows.findIndex((row) => row.id === ui.get().cursor);
      const next = Math.max(0, Math.min(rows.length - 1, at < 0 && by < 0 ? rows.length - 1 : at + by));
      const row = rows[next];
      if (row === undefined) return;
      ui.set((state) => ({ ...state, cursor: row.id }));
      virtualizer.scrollToIndex(next);
      scroller.current?.focus({ preventScroll: true });
    };
    addEventListener(MOVE_EVENT, onMove);
    return () => removeEventListener(MOVE_EVENT, onMove);
  }, [rows, ui, virtualizer]);

  return (
    <div
      ref={scroller}
      className="table"
      data-shape={shape}
      role="treegrid"
      aria-label={words.table.label}
      aria-rowcount={rows.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={cursor === null ? undefined : `row-${cursor}`}
      tabIndex={0}
    >
      <TableHead rows={rows} />
      <div className="table-rows" role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <RowOf
                key={row.id}
                row={row}
                place={{ index: item.index + 2, top: item.start, height: item.size }}
                current={row.id === cursor}
              />
            )
          );
        })}
      </div>
      {rows.length === 0 && <p className="table-empty">{words.filter.none}</p>}
    </div>
  );
}

/** Picks out what one row needs, so that a row is drawn again only when that changed. */
function RowOf({ row, place, current }: { row: Row; place: RowPlace; current: boolean }) {
  const key = row.kind === 'process' ? row.process.key : '';
  const workerId = row.kind === 'process' ? row.process.worker_id : row.worker.worker_id;
  const worker = useFleet((fleet) => fleet.workers.get(workerId));
  const ring = useFleet((fleet) => fleet.usage.get(key));
  const version = useFleet((fleet) => fleet.usage.get(key)?.version ?? 0);
  const contact = useFleet((fleet) => fleet.contacts.get(workerId));
  const heardMs = useFleet((fleet) => (worker ? lastContactMs(fleet, worker) : null));
  const selected = useUi((state) => state.selection.has(key));
  const open = useUi((state) => state.route.process === key);
  const request = useUi((state) => state.requests.get(key));
  const { index, top, height } = place;
  const at = { index, top, height, current };
  switch (row.kind) {
    case 'process':
      return (
        <ProcessRow
          {...at}
          process={row.process}
          worker={worker}
          level={row.level}
          ring={ring}
          version={version}
          heardMs={heardMs}
          selected={selected}
          open={open}
          request={request}
        />
      );
    case 'worker':
      return <WorkerRow {...at} row={row} contact={contact} heardMs={heardMs} />;
    case 'idle':
      return <IdleRow {...at} worker={row.worker} contact={contact} heardMs={heardMs} />;
  }
}
