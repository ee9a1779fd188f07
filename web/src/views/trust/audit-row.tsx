import type { AuditEntry } from '../../../../protocol/audit';
import { Fact } from '../../parts/fact';
import { Icon } from '../../parts/icon';
import { fullTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';
import type { AuditFilter } from '../../state/route';

interface Props {
  readonly entry: AuditEntry;
  readonly isOpen: boolean;
  readonly onToggle: (id: number) => void;
  readonly onFilter: (changed: Partial<AuditFilter>) => void;
}

export function AuditRow({ entry, isOpen, onToggle, onFilter }: Props) {
  const { audit, locale } = useWords();
  return (
    <>
      <button
        type="button"
        className="audit-line"
        aria-expanded={isOpen}
        aria-label={`${audit.open(entry.id)}: ${whoOf(entry, audit.nobody)} ${entry.action}`}
        onClick={() => onToggle(entry.id)}
      >
        <Icon name="chevron" />
        <time>{fullTime(Date.parse(entry.timestamp), locale)}</time>
        <span className="audit-who">{whoOf(entry, audit.nobody)}</span>
        <span className="audit-what">
          {entry.action} <code className="faint">{entry.event_type}</code>
        </span>
        <span className="audit-on">{entry.target_id ?? ''}</span>
        <span className="audit-result" data-tone={entry.result === 'ok' ? 'good' : 'bad'}>
          {entry.result === 'ok' ? audit.ok : entry.result}
        </span>
      </button>
      {isOpen && <Details entry={entry} onFilter={onFilter} />}
    </>
  );
}

const whoOf = ({ actor_username: name, actor_id: id, actor_kind: kind }: AuditEntry, nobody: string): string =>
  name ?? id ?? (kind === 'unknown' ? nobody : kind);

function Details({ entry, onFilter }: Pick<Props, 'entry' | 'onFilter'>) {
  const { audit } = useWords();
  const { actor_id: actor, target_id: target } = entry;
  const details = Object.keys(entry.details).length === 0 ? null : JSON.stringify(entry.details, null, 2);
  return (
    <div className="audit-details">
      <dl className="facts">
        <Fact label={audit.id}>{entry.id}</Fact>
        <Fact label={audit.type}>
          <Only text={entry.event_type} onPress={() => onFilter({ type: entry.event_type })} />
        </Fact>
        <Fact label={audit.actor}>
          {actor === null ? whoOf(entry, audit.nobody) : <Only text={actor} onPress={() => onFilter({ actor })} />}{' '}
          <span className="faint">{entry.actor_kind}</span>
        </Fact>
        {entry.actor_ip !== null && <Fact label={audit.from}>{entry.actor_ip}</Fact>}
        {target !== null && (
          <Fact label={audit.target}>
            <Only text={target} onPress={() => onFilter({ target })} />{' '}
            <span className="faint">{entry.target_type}</span>
          </Fact>
        )}
        <Fact label={audit.hash}>
          <code>{entry.hash}</code>
        </Fact>
      </dl>
      {details !== null && (
        <pre tabIndex={0} aria-label={audit.details}>
          {details}
        </pre>
      )}
    </div>
  );
}

function Only({ text, onPress }: { text: string; onPress: () => void }) {
  const { audit } = useWords();
  return (
    <button type="button" className="link" title={audit.only(text)} onClick={onPress}>
      <code>{text}</code>
    </button>
  );
}
