/** Labels as one line; what is none is said as it is written. */
import { Field } from './field';
import { useWords } from './use-words';
import { readLabels } from '../state/labels';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

export function LabelsField({ label, hint, text, onChange }: Props) {
  const { workers } = useWords();
  const read = readLabels(text);
  return (
    <Field
      label={label}
      hint={hint ?? workers.labelsHint}
      problem={'bad' in read ? workers.labelsBad(read.bad) : undefined}
    >
      {(control) => (
        <input {...control} value={text} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
