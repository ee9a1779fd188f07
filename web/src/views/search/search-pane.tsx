/** The output of many processes, searched at once, in the table's place. A hit opens its line beside it. */
import { useMemo, useState, type FormEvent } from 'react';
import type { OutputHit } from '../../link/log-search';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { IconButton } from '../../parts/icon-button';
import { useWords } from '../../parts/use-words';
import { lineName } from '../../state/log-rows';
import { compile, type Query } from '../../state/log-search';
import { HitList } from './hit-list';
import { useOutputSearch } from './use-output-search';

/** A page with more is read by nobody; the sentence below the list says that there are more. */
const HITS_MAX = 2_000;
const SINCE = ['10m', '2h', '1d', ''] as const;

export function SearchPane({ keys }: { keys: readonly string[] }) {
  const { search } = useWords();
  const { ui } = useApp();
  const [text, setText] = useState('');
  const [regex, setRegex] = useState(false);
  const [matchCase, setMatchCase] = useState(false);
  const [since, setSince] = useState('');
  const [asked, setAsked] = useState<Query | null>(null);
  const typed = compile({ text, regex, matchCase });
  const problem = typed !== null && 'problem' in typed ? typed.problem : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text !== '' && problem === null) setAsked({ text, regex, matchCase });
  };
  return (
    <section className="fleet search-pane" aria-label={search.title(keys.length)}>
      <header className="search-head">
        <h2>{search.title(keys.length)}</h2>
        <IconButton
          icon="close"
          label={search.close}
          keys="Esc"
          onClick={() => ui.set((state) => ({ ...state, searching: null }))}
        />
      </header>
      <form className="search-form" onSubmit={submit}>
        <div className="search" data-bad={problem !== null || undefined}>
          <Icon name="search" />
          <input
            type="search"
            className="search-field"
            aria-label={search.what}
            aria-invalid={problem !== null}
            title={problem ?? undefined}
            value={text}
            placeholder={search.what}
            spellCheck={false}
            autoFocus
            onChange={(event) => setText(event.target.value)}
          />
          <Toggle label={search.matchCase} text="Aa" pressed={matchCase} onPress={() => setMatchCase(!matchCase)} />
          <Toggle label={search.regex} text=".*" pressed={regex} onPress={() => setRegex(!regex)} />
        </div>
        <select aria-label={search.since} value={since} onChange={(event) => setSince(event.target.value)}>
          {SINCE.map((one) => (
            <option key={one} value={one}>
              {one === '' ? search.ever : search.last(one)}
            </option>
          ))}
        </select>
        <button type="submit" className="button primary" disabled={text === '' || problem !== null}>
          {search.go}
        </button>
      </form>
      {problem !== null && (
        <p className="problem" role="alert">
          {search.badPattern(problem)}
        </p>
      )}
      {asked === null ? (
        <p className="table-empty">{search.lead}</p>
      ) : (
        <Found keys={keys} query={asked} since={since === '' ? null : since} />
      )}
    </section>
  );
}

function Found({ keys, query, since }: { keys: readonly string[]; query: Query; since: string | null }) {
  const words = useWords();
  const { ui } = useApp();
  const how = useMemo(() => ({ limit: HITS_MAX, since }), [since]);
  const { hits, state } = useOutputSearch(keys, query, how);
  const open = ({ key, run_id: run, offset, stream }: OutputHit) =>
    go(ui, { process: key, tab: 'log', at: lineName(run, offset, stream) });
  return (
    <>
      <p role="status" className="search-state">
        {state.kind === 'failed' ? (
          <span className="problem">{state.why}</span>
        ) : (
          <>
            {words.search.found(hits.length)}
            {state.kind === 'searching' && <> · {words.log.searching}</>}
            {state.kind === 'over' && !state.complete && <> · {words.log.historyMore}</>}
          </>
        )}
      </p>
      <HitList hits={hits} query={query} withNames onJump={open} />
    </>
  );
}

function Toggle(props: { label: string; text: string; pressed: boolean; onPress: () => void }) {
  return (
    <button
      type="button"
      className="toggle"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      onClick={props.onPress}
    >
      {props.text}
    </button>
  );
}
