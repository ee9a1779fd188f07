import { Field } from '../../parts/field';
import { useWords } from '../../parts/use-words';
import { problemOf } from '../../state/form-problems';
import type { TextKey } from '../../state/process-form';
import type { FieldsProps } from './fields-props';

interface Props extends FieldsProps {
  readonly field: TextKey;
  readonly required?: boolean;
  /** Of a process that is there: its name is what it is known by. */
  readonly disabled?: boolean;
}

/** A field that is one text. What is usual stands in it in grey. */
export function TextField({ form, problems, onChange, field, required = false, disabled = false }: Props) {
  const { form: words } = useWords();
  return (
    <Field label={words.fields[field]} hint={words.hints[field]} problem={problemOf(problems, field)}>
      {(control) => (
        <input
          {...control}
          value={form.texts[field]}
          placeholder={USUAL[field]}
          required={required}
          disabled={disabled}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ ...form, texts: { ...form.texts, [field]: event.target.value } })}
        />
      )}
    </Field>
  );
}

/** Source: docs/supervision.md. */
const USUAL: Partial<Record<TextKey, string>> = {
  max_restarts: '10',
  restart_delay: '1s',
  restart_delay_max: '60s',
  restart_window: '10m',
  healthy_after: '60s',
  'stop.signal': 'TERM',
  'stop.grace': '10s',
  worker_type: 'default',
};
