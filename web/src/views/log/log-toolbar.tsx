import { downloadUrl } from '../../link/logs';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { IconButton } from '../../parts/icon-button';
import { Tip } from '../../parts/tip';
import { useSettings } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { LOG_CHOICES, type LogChoice } from '../../state/log-choice';
import { HITS_MAX, type Hit, type Query } from '../../state/log-search';
import type { LogSubject } from '../../state/log-subject';

interface Props {
  readonly process: LogSubject;
  /** Null = it has one stream. */
  readonly choice: LogChoice | null;
  readonly onChoice: (choice: LogChoice) => void;
  readonly query: Query;
  readonly problem: string | null;
  readonly hits: readonly Hit[];
  readonly hit: Hit | null;
  readonly following: boolean;
  readonly onText: (text: string) => void;
  readonly onMatchCase: (on: boolean) => void;
  readonly onStep: (by: 1 | -1) => void;
  readonly onHistory: () => void;
  readonly onFollow: (on: boolean) => void;
}

export function LogToolbar(props: Props) {
  const { process, choice, query, following, onStep } = props;
  const words = useWords();
  const { settings } = useApp();
  const wrap = useSettings((state) => state.wrap);
  return (
    <div className="log-toolbar" role="toolbar" aria-label={words.log.search}>
      <div className="search log-search" data-bad={props.problem !== null || undefined}>
        <Icon name="search" />
        <input
          className="log-search-field"
          type="search"
          aria-label={words.log.search}
          aria-invalid={props.problem !== null}
          value={query.text}
          placeholder={words.log.placeholder}
          spellCheck={false}
          title={props.problem === null ? undefined : words.log.badPattern(props.problem)}
          onChange={(event) => props.onText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            onStep(event.shiftKey ? 1 : -1);
          }}
        />
        {query.text !== '' && <HitCount {...props} />}
        <Toggle
          label={words.log.matchCase}
          text="Aa"
          pressed={query.matchCase}
          onPress={() => props.onMatchCase(!query.matchCase)}
        />
        <Toggle
          label={words.log.regex}
          text=".*"
          pressed={query.regex}
          onPress={() => settings.set((state) => ({ ...state, searchRegex: !state.searchRegex }))}
        />
      </div>
      {query.text !== '' && (
        <>
          <IconButton icon="up" label={words.log.previous} keys="Enter" onClick={() => onStep(-1)} />
          <IconButton icon="down" label={words.log.next} keys="⇧ Enter" onClick={() => onStep(1)} />
          <button type="button" className="button small" disabled={props.problem !== null} onClick={props.onHistory}>
            {words.log.history}
          </button>
        </>
      )}
      {choice !== null && <StreamChoice choice={choice} onChoice={props.onChoice} />}
      <span className="log-tools">
        <IconButton
          icon={following ? 'pause' : 'down'}
          label={following ? words.log.pause : words.log.follow}
          aria-pressed={following}
          className="log-follow"
          onClick={() => props.onFollow(!following)}
        />
        <IconButton
          icon="wrap"
          label={words.log.wrap}
          aria-pressed={wrap}
          onClick={() => settings.set((state) => ({ ...state, wrap: !state.wrap }))}
        />
        <Tip text={words.log.download}>
          <a
            className="icon-button"
            href={downloadUrl(process.worker_id, process.process, choice ?? 'stdout')}
            download={`${process.worker_id}-${process.process}.log`}
            aria-label={words.log.download}
          >
            <Icon name="download" />
          </a>
        </Tip>
      </span>
    </div>
  );
}

/** One stream, or both as they arrived; their order to each other is then approximate. */
function StreamChoice({ choice, onChoice }: { choice: LogChoice; onChoice: (choice: LogChoice) => void }) {
  const { log } = useWords();
  return (
    <span className="log-streams" role="group" aria-label={log.stream}>
      {LOG_CHOICES.map((one) => (
        <button
          key={one}
          type="button"
          className="toggle"
          data-stream={one}
          aria-pressed={one === choice}
          title={log.streamHints[one]}
          onClick={() => onChoice(one)}
        >
          {log.streams[one]}
        </button>
      ))}
    </span>
  );
}

function HitCount({ hits, hit, problem }: Props) {
  const words = useWords();
  const at = hit === null ? -1 : hits.findIndex((one) => one.block === hit.block && one.line === hit.line);
  const count = hits.length >= HITS_MAX ? `${words.number(HITS_MAX)}+` : words.number(hits.length);
  const text =
    problem !== null
      ? '!'
      : hits.length === 0
        ? words.log.noHits
        : at < 0
          ? words.log.hitCount(count)
          : words.log.hits(at + 1, count);
  return (
    <span className="log-hits num" role="status">
      {text}
    </span>
  );
}

function Toggle(props: { label: string; text: string; pressed: boolean; onPress: () => void }) {
  return (
    <Tip text={props.label}>
      <button
        type="button"
        className="toggle"
        aria-label={props.label}
        aria-pressed={props.pressed}
        onClick={props.onPress}
      >
        {props.text}
      </button>
    </Tip>
  );
}
