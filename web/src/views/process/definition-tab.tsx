/** How it is defined and was before, and the way back. */
import { useState } from 'react';
import type { VersionsReply, VersionView } from '../../../../protocol/definitions';
import type { ProcessView } from '../../../../protocol/views';
import { readVersions } from '../../link/definitions';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { GuardedButton } from '../../parts/guarded-button';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { fullTime } from '../../parts/time';
import { useAnswer } from '../../parts/use-answer';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { FieldChanges } from '../definitions/field-changes';
import { RollbackDialog } from '../definitions/rollback-dialog';

export function DefinitionTab({ process }: { process: ProcessView }) {
  const { definitions } = useWords();
  if (process.version === null)
    return (
      <div className="details">
        <p>{definitions.launchersOwn}</p>
      </div>
    );
  return <Given process={process} />;
}

function Given({ process }: { process: ProcessView }) {
  const { definitions } = useWords();
  const { ui } = useApp();
  const answer = useAnswer((signal) => readVersions(process.key, signal), [process.version, process.set]);
  const refused = useRefusal('process.define', process.worker_id);
  const [goingBack, setGoingBack] = useState<VersionView | null>(null);
  return (
    <div className="details">
      <div className="definition-head">
        <p>{process.set === null ? definitions.byItself : definitions.inSet(process.set)}</p>
        <GuardedButton
          refused={refused}
          className="button"
          onClick={() => go(ui, { view: 'definitions', editing: process.key, process: null })}
        >
          <Icon name="edit" />
          {definitions.edit}
        </GuardedButton>
      </div>
      {answer.kind === 'failed' && <Problem why={answer.why} />}
      {answer.kind === 'here' && <Versions reply={answer.value} refused={refused} onBack={setGoingBack} />}
      {goingBack !== null && (
        <RollbackDialog name={process.key} to={goingBack.version} onClose={() => setGoingBack(null)} />
      )}
    </div>
  );
}

interface VersionsProps {
  readonly reply: VersionsReply;
  /** Why one may not go back; null = one may. */
  readonly refused: string | null;
  readonly onBack: (version: VersionView) => void;
}

function Versions({ reply, refused, onBack }: VersionsProps) {
  const words = useWords();
  const { definitions } = words;
  return (
    <>
      <h3>{definitions.versions}</h3>
      <ol className="versions">
        {reply.versions.toReversed().map((version) => (
          <li key={version.version} data-current={version.version === reply.current || undefined}>
            <p className="version-head">
              <strong>{definitions.version(version.version)}</strong>
              {version.version === reply.current && <span className="version-now">{definitions.current}</span>}
              <span>{version.removed ? definitions.removed : definitions.kinds[version.kind]}</span>
              <span>{words.events.by(version.by)}</span>
              <time className="num">{fullTime(version.at_ms, words.locale)}</time>
              {version.version !== reply.current && !version.removed && (
                <GuardedButton refused={refused} className="button small" onClick={() => onBack(version)}>
                  <Icon name="back" />
                  {definitions.goBack(version.version)}
                </GuardedButton>
              )}
            </p>
            {version.command !== null && <code>{version.command}</code>}
            {version.fields.length > 0 && <FieldChanges fields={version.fields} />}
          </li>
        ))}
      </ol>
    </>
  );
}
