import type { AnyState } from '../../parts/state-mark';
import { StateMark, TONES } from '../../parts/state-mark';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { parseFilter, toggleToken } from '../../state/filter';
import type { Facets } from '../../state/rows';
import { MOVE_EVENT } from '../use-keys';
import { BY_URGENCY, SORT_COLUMNS, type SortColumn } from '../../state/sort';

/** The order of chips and of the bar's pieces: loud to calm. */
const STATES: readonly AnyState[] = [
  ...(['failed', 'offline', 'unknown', 'backoff', 'stale', 'pending_approval'] as const),
  ...(['waiting', 'stopping', 'starting', 'connecting', 'draining'] as const),
  ...(['running', 'busy', 'idle', 'exited', 'stopped'] as const),
];

export function FilterBar({ facets }: { facets: Facets }) {
  const words = useWords();
  const { ui } = useApp();
  const q = useUi((state) => state.route.q);
  const filter = parseFilter(q);
  const setText = (text: string) => go(ui, { q: text });
  const present = STATES.filter((state) => facets.states.has(state) || filter.states.has(state));
  return (
    <div className="filter-bar">
      <div className="filter-line">
        <label className="search">
          <Icon name="search" />
          <span className="off-screen">{words.filter.label}</span>
          <input
            className="search-field"
            type="search"
            value={q}
            placeholder={words.filter.placeholder}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
              event.preventDefault();
              ui.set((state) => ({ ...state, cursor: null }));
              dispatchEvent(new CustomEvent(MOVE_EVENT, { detail: 1 }));
            }}
          />
          {q === '' ? (
            <kbd>/</kbd>
          ) : (
            <button type="button" className="icon-button" aria-label={words.filter.clear} onClick={() => setText('')}>
              <Icon name="close" />
            </button>
          )}
        </label>
        <Arrange />
      </div>
      <StateBar facets={facets} />
      <div className="chips" role="group" aria-label={words.filter.facets}>
        <Chip
          text={words.filter.all}
          count={facets.all}
          pressed={filter.states.size === 0 && !filter.problemsOnly}
          onPress={() =>
            setText(
              q
                .split(/\s+/)
                .filter((word) => !/^(state:|is:problem$)/i.test(word))
                .join(' '),
            )
          }
        />
        <Chip
          text={words.filter.problems}
          count={facets.problems}
          tone={facets.problems > 0 ? 'bad' : undefined}
          pressed={filter.problemsOnly}
          onPress={() => setText(toggleToken(q, 'is:problem'))}
        />
        {present.map((state) => (
          <Chip
            key={state}
            state={state}
            text={words.states[state]}
            count={facets.states.get(state) ?? 0}
            pressed={filter.states.has(state)}
            onPress={() => setText(toggleToken(q, `state:${state}`))}
          />
        ))}
      </div>
    </div>
  );
}

interface ChipProps {
  readonly text: string;
  readonly count: number;
  readonly pressed: boolean;
  readonly state?: AnyState;
  readonly tone?: string | undefined;
  readonly onPress: () => void;
}

function Chip({ text, count, pressed, state, tone, onPress }: ChipProps) {
  const words = useWords();
  return (
    <button type="button" className="chip" aria-pressed={pressed} data-tone={tone} onClick={onPress}>
      {state && <StateMark state={state} />}
      {text}
      <span className="chip-count">{words.number(count)}</span>
    </button>
  );
}

/** The fleet in one line: how much of it is in which state. The chips below say the same in words. */
function StateBar({ facets }: { facets: Facets }) {
  return (
    <div className="state-bar" aria-hidden="true">
      {STATES.filter((state) => facets.states.has(state)).map((state) => (
        <span key={state} data-tone={TONES[state]} style={{ flexGrow: facets.states.get(state) }} />
      ))}
    </div>
  );
}

function Arrange() {
  const words = useWords();
  const { ui } = useApp();
  const { grouped, sort } = useUi((state) => state.route);
  const name = (column: SortColumn) => (column === 'urgency' ? words.filter.urgency : words.table[column]);
  return (
    <div className="arrange">
      <label className="switch">
        <input type="checkbox" checked={grouped} onChange={() => go(ui, { grouped: !grouped })} />
        <span>{words.filter.grouped}</span>
      </label>
      <label className="select">
        <span className="off-screen">{words.filter.sort}</span>
        <select
          value={sort.column}
          onChange={(event) => {
            const column = SORT_COLUMNS.find((one) => one === event.target.value) ?? BY_URGENCY.column;
            go(ui, { sort: { column, descending: ['restarts', 'cpu', 'memory'].includes(column) } });
          }}
        >
          {SORT_COLUMNS.map((column) => (
            <option key={column} value={column}>
              {name(column)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
