import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { EventView } from '../../../../protocol/views';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { Said } from '../../parts/said';
import { clockTime, fullTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';

/** Events, as given (newest first). Heights follow the text, so long sentences are readable. */
export function EventList({ events, ofProcess }: { events: readonly EventView[]; ofProcess: boolean }) {
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 44,
    getItemKey: (index) => events[index]?.seq ?? index,
    overscan: 12,
  });
  return (
    <div ref={scroller} className="events" tabIndex={0} role="region" aria-label={words.events.title}>
      <ol className="events-rows" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const event = events[item.index];
          return (
            event && (
              <li
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                aria-posinset={item.index + 1}
                aria-setsize={events.length}
                className="event"
                data-level={event.level}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <EventLine event={event} ofProcess={ofProcess} />
              </li>
            )
          );
        })}
      </ol>
    </div>
  );
}

function EventLine({ event, ofProcess }: { event: EventView; ofProcess: boolean }) {
  const words = useWords();
  const { ui } = useApp();
  const { worker_id: worker, process } = event;
  return (
    <>
      <time title={fullTime(event.at_ms, words.locale)}>{clockTime(event.at_ms, words.locale)}</time>
      <span className="event-level">
        <Icon name={event.level === 'error' ? 'kill' : event.level === 'warning' ? 'up' : 'check'} />
        <span>{words.events.levels[event.level]}</span>
      </span>
      <span className="event-text">
        <span className="event-message">
          <Said text={event.message} />
        </span>
        <span className="event-meta">
          {!ofProcess && worker !== null && process !== null && (
            <button
              type="button"
              className="link"
              onClick={() => go(ui, { view: 'fleet', process: `${worker}/${process}`, tab: 'events' })}
            >
              {worker}/{process}
            </button>
          )}
          {!ofProcess && process === null && worker !== null && <span>{worker}</span>}
          <code>{event.kind}</code>
          <span>{words.events.by(event.by)}</span>
        </span>
      </span>
    </>
  );
}
