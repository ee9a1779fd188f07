import { Field } from '../../parts/field';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly placeholder: string;
  readonly wide?: boolean;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A text of a probe or of a stop step. */
export function ProbeText({ label, hint, value, placeholder, wide = false, problem, onChange }: Props) {
  return (
    <Field label={label} hint={hint} problem={problem} className={wide ? 'field-wide' : undefined}>
      {(control) => (
        <input
          {...control}
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
