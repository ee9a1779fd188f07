/** For how long: a span as the API reads it, or one of the usual ones. */
import { TextInput } from '../../parts/text-input';
import { useWords } from '../../parts/use-words';

/** `` = for ever. */
const SPANS = ['1h', '24h', '7d', '90d', ''] as const;

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (span: string) => void;
}

export function LastsField({ label, value, onChange }: Props) {
  const { tokens } = useWords();
  return (
    <>
      <TextInput label={label} hint={tokens.lastsHint} value={value} placeholder={tokens.forever} onText={onChange} />
      <div className="chips" role="group" aria-label={label}>
        {SPANS.map((span) => (
          <button
            key={span}
            type="button"
            className="chip"
            aria-pressed={value === span}
            onClick={() => onChange(span)}
          >
            {span === '' ? tokens.forever : span}
          </button>
        ))}
      </div>
    </>
  );
}
