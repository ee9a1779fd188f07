import { useMemo } from 'react';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { useFleet, useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { eventsShown } from '../../state/event-filter';
import { LEVELS } from '../../state/route';
import { EventList } from './event-list';

export function EventsPage() {
  const words = useWords();
  const { ui } = useApp();
  const { eventText: text, level } = useUi((state) => state.route);
  const events = useFleet((fleet) => fleet.events);
  const shown = useMemo(() => eventsShown(events, { text, level }), [events, text, level]);
  return (
    <div className="page page-list">
      <div className="page-head">
        <h1>{words.events.title}</h1>
        <span className="page-count num">{words.events.count(shown.length)}</span>
        <label className="search">
          <Icon name="search" />
          <span className="off-screen">{words.events.filter}</span>
          <input
            type="search"
            className="search-field"
            value={text}
            placeholder={words.events.placeholder}
            spellCheck={false}
            onChange={(event) => go(ui, { eventText: event.target.value })}
          />
        </label>
        <div className="chips" role="group" aria-label={words.events.level}>
          {LEVELS.map((one) => (
            <button
              key={one}
              type="button"
              className="chip"
              aria-pressed={one === level}
              onClick={() => go(ui, { level: one })}
            >
              {words.events.levelChoices[one]}
            </button>
          ))}
        </div>
      </div>
      {shown.length === 0 ? (
        <p className="table-empty">{events.length === 0 ? words.events.none : words.events.noneMatch}</p>
      ) : (
        <EventList events={shown} ofProcess={false} />
      )}
    </div>
  );
}
