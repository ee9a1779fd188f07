import { useMemo } from 'react';
import type { ProcessView } from '../../../../protocol/views';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { GuardedButton } from '../../parts/guarded-button';
import { Icon } from '../../parts/icon';
import { IconButton } from '../../parts/icon-button';
import { StateMark } from '../../parts/state-mark';
import { TargetLink } from '../../parts/target-link';
import { useFleet } from '../../parts/use-store';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { definedOf } from '../../state/sets';

export function DefinitionList() {
  const { definitions } = useWords();
  const { ui } = useApp();
  const processes = useFleet((fleet) => fleet.processes);
  const refused = useRefusal('process.define');
  const { sets, single, launchers } = useMemo(() => definedOf(processes.values()), [processes]);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{definitions.title}</h1>
        <span className="page-buttons">
          <GuardedButton refused={refused} className="button" onClick={() => go(ui, { editing: 'document' })}>
            <Icon name="log" />
            {definitions.paste}
          </GuardedButton>
          <GuardedButton refused={refused} className="button primary" onClick={() => go(ui, { editing: 'new' })}>
            <Icon name="plus" />
            {definitions.create}
          </GuardedButton>
        </span>
      </div>
      <p className="lead">{definitions.lead}</p>
      {sets.map(([set, members]) => (
        <section key={set} className="set" aria-label={definitions.inSet(set)}>
          <header>
            <h2>{set}</h2>
            <GuardedButton refused={refused} className="button small" onClick={() => go(ui, { editing: `set:${set}` })}>
              <Icon name="edit" />
              {definitions.editSet}
            </GuardedButton>
          </header>
          <Members processes={members} />
        </section>
      ))}
      {single.length > 0 && (
        <section className="set" aria-label={definitions.single}>
          <header>
            <h2>{definitions.single}</h2>
          </header>
          <Members processes={single} />
        </section>
      )}
      {sets.length + single.length === 0 && <p className="table-empty">{definitions.none}</p>}
      {launchers > 0 && <p className="hint">{definitions.launchers(launchers)}</p>}
    </div>
  );
}

function Members({ processes }: { processes: readonly ProcessView[] }) {
  const words = useWords();
  return (
    <ul className="behind">
      {processes.map((process) => (
        <li key={process.key}>
          <StateMark state={process.state} />
          <TargetLink target={process.key} tab="definition" />
          <span className="behind-state">
            {process.version === null ? '' : words.definitions.version(process.version)}
          </span>
          <code className="behind-cause">{process.command}</code>
          <EditOne process={process} />
        </li>
      ))}
    </ul>
  );
}

function EditOne({ process }: { process: ProcessView }) {
  const { definitions } = useWords();
  const { ui } = useApp();
  const refused = useRefusal('process.define', process.worker_id);
  return (
    <IconButton
      icon="edit"
      label={definitions.editOne(process.key)}
      refused={refused}
      onClick={() => go(ui, { editing: process.key })}
    />
  );
}
