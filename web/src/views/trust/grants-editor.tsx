/** Grants as a list of roles and where each holds, with the sentence that it comes to. */
import { ROLES, type Grant, type Role } from '../../../../protocol/rights';
import { Field } from '../../parts/field';
import { Icon } from '../../parts/icon';
import { IconButton } from '../../parts/icon-button';
import { useState } from 'react';
import { useWords } from '../../parts/use-words';
import { labelsText, readLabels } from '../../state/labels';

interface Props {
  readonly grants: readonly Grant[];
  readonly onChange: (grants: readonly Grant[]) => void;
}

export function GrantsEditor({ grants, onChange }: Props) {
  const { rights } = useWords();
  const put = (at: number, grant: Grant) => onChange(grants.map((one, index) => (index === at ? grant : one)));
  return (
    <fieldset className="grants-editor">
      <legend>{rights.label}</legend>
      {grants.map((grant, at) => (
        <GrantRow
          key={at}
          grant={grant}
          onChange={(changed) => put(at, changed)}
          onRemove={grants.length > 1 ? () => onChange(grants.filter((_, index) => index !== at)) : null}
        />
      ))}
      <button
        type="button"
        className="button small"
        onClick={() => onChange([...grants, { role: 'operator', on: null }])}
      >
        <Icon name="plus" />
        {rights.add}
      </button>
    </fieldset>
  );
}

interface RowProps {
  readonly grant: Grant;
  readonly onChange: (grant: Grant) => void;
  /** Null = it is the only one. */
  readonly onRemove: (() => void) | null;
}

function GrantRow({ grant, onChange, onRemove }: RowProps) {
  const { rights, workers } = useWords();
  /** As typed: half a label is none yet. */
  const [where, setWhere] = useState(grant.on === null ? '' : labelsText(grant.on));
  const read = readLabels(where);
  const type = (text: string) => {
    setWhere(text);
    const after = readLabels(text);
    if ('labels' in after)
      onChange({ ...grant, on: Object.keys(after.labels).length === 0 ? null : { ...after.labels } });
  };
  return (
    <div className="grant-row">
      <Field label={rights.role} hint={rights.what[grant.role]} className="grant-role">
        {(control) => (
          <select
            {...control}
            value={grant.role}
            onChange={(event) => onChange({ ...grant, role: event.target.value as Role })}
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {rights.roles[role]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label={rights.where}
        hint={rights.whereHint}
        problem={'bad' in read ? workers.labelsBad(read.bad) : undefined}
      >
        {(control) => (
          <input
            {...control}
            value={where}
            placeholder={rights.everywhere}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => type(event.target.value)}
          />
        )}
      </Field>
      {onRemove !== null && <IconButton icon="close" label={rights.remove} onClick={onRemove} />}
    </div>
  );
}
