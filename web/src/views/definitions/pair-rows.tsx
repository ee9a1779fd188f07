/**
 * Names and values, a row each. A secret is never shown, not even to who writes it; of one that is there already the page has
 * the mask alone, which keeps it, and which a click selects so that a new value takes its place.
 */
import { isSecret, MASK } from '../../../../protocol/secret-names';
import { Icon } from '../../parts/icon';
import { useWords } from '../../parts/use-words';
import type { Pair } from '../../state/process-form';

interface Props {
  readonly rows: readonly Pair[];
  readonly names: string;
  readonly values: string;
  readonly problem: string | undefined;
  /** Names that are secret beside those that say so; without it none is. */
  readonly secrets?: readonly string[];
  readonly onChange: (rows: readonly Pair[]) => void;
}

export function PairRows({ rows, names, values, problem, secrets, onChange }: Props) {
  const { form } = useWords();
  const put = (at: number, row: Pair) => onChange(rows.map((one, index) => (index === at ? row : one)));
  return (
    <div className="pair-rows">
      {rows.map((row, at) => (
        <div key={at} className="pair-row">
          <input
            aria-label={`${names} ${at + 1}`}
            value={row.name}
            placeholder={names}
            spellCheck={false}
            onChange={(event) => put(at, { ...row, name: event.target.value })}
          />
          <input
            aria-label={`${values} ${at + 1}`}
            type={secrets !== undefined && isSecret(row.name, secrets) ? 'password' : 'text'}
            value={row.value}
            placeholder={values}
            spellCheck={false}
            autoComplete="off"
            onFocus={({ target }) => row.value === MASK && target.select()}
            onChange={(event) => put(at, { ...row, value: event.target.value })}
          />
          <RemoveRow label={form.remove(row.name || String(at + 1))} onRemove={() => onChange(rows.toSpliced(at, 1))} />
        </div>
      ))}
      {problem !== undefined && (
        <small role="alert" data-bad>
          {problem}
        </small>
      )}
      <AddRow label={form.add(names)} onAdd={() => onChange([...rows, { name: '', value: '' }])} />
    </div>
  );
}

export function RemoveRow({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onRemove}>
      <Icon name="close" />
    </button>
  );
}

export function AddRow({ label, onAdd }: { label: string; onAdd: () => void }) {
  return (
    <button type="button" className="button small add-row" onClick={onAdd}>
      <Icon name="plus" />
      {label}
    </button>
  );
}
