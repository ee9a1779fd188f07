/** From what to what, field by field. */
import type { FieldDifference } from '../../../../protocol/definitions';
import { useWords } from '../../parts/use-words';

export function FieldChanges({ fields }: { fields: readonly FieldDifference[] }) {
  const { definitions } = useWords();
  return (
    <dl className="field-changes">
      {fields.map(({ field, from, to }) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>
            {from === null ? <i>{definitions.notSet}</i> : <del>{from}</del>}
            <span aria-label={definitions.becomes}> → </span>
            {to === null ? <i>{definitions.notSet}</i> : <ins>{to}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
