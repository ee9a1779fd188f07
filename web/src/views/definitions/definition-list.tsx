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

/** @param closed what was edited until now: the button that opened it has the focus again; null = nothing was */
export function DefinitionList({ closed }: { closed: string | null }) {
  const { definitions } = useWords();
  const { ui } = useApp();
  const processes = useFleet((fleet) => fleet.processes);
  const refused = useRefusal('process.define');
  const opens = (editing: string) => ({ autoFocus: closed === editing, onClick: () => go(ui, { editing }) });
  const { sets, single, launchers } = useMemo(() => definedOf(processes.values()), [processes]);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{definitions.title}</h1>
        <span className="page-buttons">
          <GuardedButton {...opens('document')} refused={refused} className="button">
            <Icon name="log" />
            {definitions.paste}
          </GuardedButton>
          <GuardedButton {...opens('new')} refused={refused} className="button primary">
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
            <GuardedButton {...opens(`set:${set}`)} refused={refused} className="button small">
              <Icon name="edit" />
              {definitions.editSet}
            </GuardedButton>
          </header>
          <Members processes={members} closed={closed} />
        </section>
      ))}
      {single.length > 0 && (
        <section className="set" aria-label={definitions.single}>
          <header>
            <h2>{definitions.single}</h2>
          </header>
          <Members processes={single} closed={closed} />
        </section>
      )}
      {sets.length + single.length === 0 && <p className="table-empty">{definitions.none}</p>}
      {launchers > 0 && <p className="hint">{definitions.launchers(launchers)}</p>}
    </div>
  );
}

function Members({ processes, closed }: { processes: readonly ProcessView[]; closed: string | null }) {
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
          <EditOne process={process} isFirst={closed === process.key} />
        </li>
      ))}
    </ul>
  );
}

function EditOne({ process, isFirst }: { process: ProcessView; isFirst: boolean }) {
  const { definitions } = useWords();
  const { ui } = useApp();
  const refused = useRefusal('process.define', process.worker_id);
  return (
    <IconButton
      icon="edit"
      label={definitions.editOne(process.key)}
      refused={refused}
      autoFocus={isFirst}
      onClick={() => go(ui, { editing: process.key })}
    />
  );
}
