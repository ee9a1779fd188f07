/** What a change would do, or did: process by process, field by field. */
import type { ApplyReply, PlanAction, PlannedChange } from '../../../../protocol/definitions';
import { TargetLink } from '../../parts/target-link';
import { useWords } from '../../parts/use-words';
import { certificateLine } from '../../state/certificate';
import { FieldChanges } from './field-changes';

const SIGNS: Readonly<Record<PlanAction, string>> = { create: '+', change: '~', remove: '−', keep: '=' };

type Result = ApplyReply['results'][number];

export function PlanView({ changes }: { changes: readonly (PlannedChange | Result)[] }) {
  const words = useWords();
  const touched = changes.filter(({ action }) => action !== 'keep');
  const kept = changes.length - touched.length;
  return (
    <>
      {touched.length === 0 && <p className="hint">{words.definitions.nothing}</p>}
      <ol className="plan">
        {touched.map((change) => (
          <Change key={change.key} change={change} />
        ))}
      </ol>
      {kept > 0 && touched.length > 0 && <p className="hint">{words.definitions.kept(kept)}</p>}
    </>
  );
}

function Change({ change }: { change: PlannedChange | Result }) {
  const words = useWords();
  const { definitions } = words;
  const result = 'ok' in change ? change : null;
  return (
    <li data-action={change.action} data-failed={result?.ok === false || undefined}>
      <p className="plan-head">
        <b className="plan-sign" aria-hidden="true">
          {SIGNS[change.action]}
        </b>
        <strong>{definitions.actions[change.action]}</strong>
        {result === null || change.action === 'remove' ? <span>{change.key}</span> : <TargetLink target={change.key} />}
        {change.action !== 'change' && <code>{change.command}</code>}
      </p>
      {change.fields.length > 0 && <FieldChanges fields={change.fields} />}
      {change.notes.map((note) => (
        <p key={note} className="plan-note">
          {note}
        </p>
      ))}
      {result !== null && (
        <p className="plan-result">
          {result.message}
          {result.certificate !== null && <> · {certificateLine(result.certificate, words.certificate)}</>}
        </p>
      )}
    </li>
  );
}
