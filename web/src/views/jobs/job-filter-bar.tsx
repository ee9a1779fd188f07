/** The filter box of the jobs, and a chip for each state with how many are in it, live. */
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { StateMark, TONES } from '../../parts/state-mark';
import { useJobBoard } from '../../parts/use-job-board';
import { useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { toggleToken } from '../../state/filter';
import { totalOf } from '../../state/job-board';
import { EVERY_STATE, JOB_ORDERS, jobFilterOf, STATE_GROUPS, statesOf, type JobOrder } from '../../state/job-query';
import { DeadBar } from './dead-bar';

const withoutStates = (text: string): string =>
  text
    .split(/\s+/)
    .filter((word) => !/^state:/i.test(word))
    .join(' ');

export function JobFilterBar() {
  const words = useWords();
  const { jobs } = words;
  const { ui } = useApp();
  const text = useUi(({ route }) => route.jobsText);
  const sort = useUi(({ route }) => route.jobsSort);
  const setText = (next: string) => go(ui, { jobsText: next });
  return (
    <div className="filter-bar jobs-filter">
      <div className="filter-line">
        <label className="search">
          <Icon name="search" />
          <span className="off-screen">{jobs.filter}</span>
          <input
            className="search-field"
            type="search"
            value={text}
            placeholder={jobs.placeholder}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
          {text === '' ? (
            <kbd>/</kbd>
          ) : (
            <button type="button" className="icon-button" aria-label={words.filter.clear} onClick={() => setText('')}>
              <Icon name="close" />
            </button>
          )}
        </label>
        <label className="select jobs-order">
          <span className="off-screen">{jobs.order}</span>
          <select value={sort} onChange={({ target }) => go(ui, { jobsSort: target.value as JobOrder })}>
            {JOB_ORDERS.map((order) => (
              <option key={order} value={order}>
                {jobs.orders[order]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <StateChips text={text} onText={setText} />
      <DeadBar text={text} />
    </div>
  );
}

function StateChips({ text, onText }: { text: string; onText: (text: string) => void }) {
  const { states, number, filter, jobs } = useWords();
  const counts = useJobBoard((board) => board.counts);
  if (counts === null) return null;
  const chosen = statesOf(jobFilterOf(text));
  const tokens = text.toLowerCase().split(/\s+/);
  const live = STATE_GROUPS.live.reduce((sum, state) => sum + counts[state], 0);
  return (
    <>
      <div className="state-bar" aria-hidden="true">
        {EVERY_STATE.filter((state) => counts[state] > 0).map((state) => (
          <span key={state} data-tone={TONES[state]} style={{ flexGrow: counts[state] }} />
        ))}
      </div>
      <div className="chips" role="group" aria-label={filter.facets}>
        <button
          type="button"
          className="chip"
          aria-pressed={chosen === null}
          onClick={() => onText(withoutStates(text))}
        >
          {jobs.all}
          <span className="chip-count">{number(totalOf(counts))}</span>
        </button>
        <button
          type="button"
          className="chip"
          aria-pressed={tokens.includes('state:live')}
          onClick={() => onText(toggleToken(text, 'state:live'))}
        >
          {jobs.live}
          <span className="chip-count">{number(live)}</span>
        </button>
        {EVERY_STATE.filter((state) => counts[state] > 0 || tokens.includes(`state:${state}`)).map((state) => (
          <button
            key={state}
            type="button"
            className="chip"
            aria-pressed={tokens.includes(`state:${state}`)}
            onClick={() => onText(toggleToken(text, `state:${state}`))}
          >
            <StateMark state={state} />
            {state === 'failed' ? jobs.dead : states[state]}
            <span className="chip-count">{number(counts[state])}</span>
          </button>
        ))}
      </div>
    </>
  );
}
