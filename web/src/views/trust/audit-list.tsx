/** The entries. Only those in sight exist and are asked for; one that is open is as high as what it tells. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { AuditReader } from '../../link/audit-reader';
import { useStore } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { ENTRIES_LISTED, entryAt } from '../../state/audit-pages';
import type { AuditFilter } from '../../state/route';
import { AuditRow } from './audit-row';

interface Props {
  readonly reader: AuditReader;
  readonly onFilter: (changed: Partial<AuditFilter>) => void;
}

export function AuditList({ reader, onFilter }: Props) {
  const { audit } = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const pages = useStore(reader.store, (state) => state);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const count = Math.min(pages.total ?? 0, ENTRIES_LISTED);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 40,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => reader.want(first, last), [reader, first, last, pages]);
  const toggle = (id: number) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  if (pages.total === 0) return <p className="table-empty">{audit.none}</p>;
  return (
    <div ref={scroller} className="events audit-rows" tabIndex={0} role="region" aria-label={audit.label}>
      <ol className="events-rows" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const entry = entryAt(pages, item.index);
          return (
            <li
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              aria-posinset={item.index + 1}
              aria-setsize={count}
              className="audit-row"
              data-bad={(entry !== undefined && entry.result !== 'ok') || undefined}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {entry === undefined ? (
                <span className="audit-coming" aria-hidden="true" />
              ) : (
                <AuditRow entry={entry} isOpen={open.has(entry.id)} onToggle={toggle} onFilter={onFilter} />
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
