/** Names and values, a row each. The value of a variable that looks like a secret is not shown until it is worked on. */
import { Icon } from '../../parts/icon';
import { useWords } from '../../parts/use-words';
import type { Pair } from '../../state/process-form';

interface Props {
  readonly rows: readonly Pair[];
  readonly names: string;
  readonly values: string;
  readonly problem: string | undefined;
  readonly secrets?: boolean;
  readonly onChange: (rows: readonly Pair[]) => void;
}

/** Source: protocol/secret-names.ts, whose mask the page does not use. */
const SECRET = /token|secret|password|passwd|key|credential/i;

export function PairRows({ rows, names, values, problem, secrets = false, onChange }: Props) {
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
            type={secrets && SECRET.test(row.name) ? 'password' : 'text'}
            value={row.value}
            placeholder={values}
            spellCheck={false}
            autoComplete="off"
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
