/** What of the audit is shown. It is in the address, so a colleague can be sent it. */
import { useEffect, useState } from 'react';
import { readAuditTypes } from '../../link/audit';
import { useAnswer } from '../../parts/use-answer';
import { useWords } from '../../parts/use-words';
import type { AuditFilter } from '../../state/route';

interface Props {
  readonly filter: AuditFilter;
  readonly onChange: (changed: Partial<AuditFilter>) => void;
  readonly onClear: () => void;
}

export function AuditFilterBar({ filter, onChange, onClear }: Props) {
  const { audit } = useWords();
  const types = useAnswer(readAuditTypes, []);
  const known = types.kind === 'here' ? types.value.types : [];
  const spans = Object.entries(audit.sinceChoices);
  const isAny = Object.values(filter).every((one) => one === '');
  return (
    <div className="audit-filter" role="search" aria-label={audit.filter}>
      <label className="select">
        <span className="off-screen">{audit.type}</span>
        <select value={filter.type} onChange={(event) => onChange({ type: event.target.value })}>
          <option value="">{audit.anyType}</option>
          {[...new Set([...known, ...(filter.type === '' ? [] : [filter.type])])].map((type) => (
            <option key={type} value={type}>
              {type}
            </option>
          ))}
        </select>
      </label>
      <Words
        label={audit.actor}
        placeholder={audit.actorPlaceholder}
        value={filter.actor}
        onSettle={(actor) => onChange({ actor })}
      />{' '}
      {/* prettier-ignore */}
      <Words label={audit.target} placeholder={audit.targetPlaceholder} value={filter.target} onSettle={(target) => onChange({ target })} />{' '}
      {/* prettier-ignore */}
      <label className="select">
        <span className="off-screen">{audit.since}</span>
        <select value={filter.since} onChange={(event) => onChange({ since: event.target.value })}>
          {spans.map(([since, text]) => (
            <option key={since} value={since}>
              {text}
            </option>
          ))}
          {!spans.some(([since]) => since === filter.since) && <option value={filter.since}>{filter.since}</option>}
        </select>
      </label>
      {!isAny && (
        <button type="button" className="link" onClick={onClear}>
          {audit.clear}
        </button>
      )}
    </div>
  );
}

/** Asked when it is settled (Enter, or left): the manager is not asked for every letter. */
function Words(props: { label: string; placeholder: string; value: string; onSettle: (text: string) => void }) {
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  const settle = () => {
    if (text.trim() !== props.value) props.onSettle(text.trim());
  };
  return (
    <label className="search">
      <span className="search-name">{props.label}</span>
      <input
        type="search"
        className="search-field"
        value={text}
        placeholder={props.placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onBlur={settle}
        onKeyDown={(event) => event.key === 'Enter' && settle()}
      />
    </label>
  );
}
