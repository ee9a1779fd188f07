/** Names exactly what a command will hit and do, before it does. The list follows the fleet while the dialog is open. */
import { useMemo } from 'react';
import { useApp } from '../parts/app-context';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { StateMark } from '../parts/state-mark';
import { useFleet, useSession } from '../parts/use-store';
import { useWords } from '../parts/use-words';
import { endsRunning, targetsOf, type Verb } from '../state/commands';
import { may } from '../state/session';

export function ConfirmDialog({ verb, keys }: { verb: Verb; keys: readonly string[] }) {
  const words = useWords();
  const { ui, commander } = useApp();
  const processes = useFleet((fleet) => fleet.processes);
  const workers = useFleet((fleet) => fleet.workers);
  const session = useSession((state) => state);
  const targets = useMemo(
    () =>
      targetsOf(
        verb,
        keys.flatMap((key) => processes.get(key) ?? []),
        workers,
        (labels) => may(session, 'process.control', labels),
      ),
    [verb, keys, processes, workers, session],
  );
  const ends = endsRunning(targets);
  const danger = verb === 'kill';
  const close = () => ui.set((state) => ({ ...state, dialog: { kind: 'none' } }));
  const confirm = () => {
    close();
    void commander.send(verb, keys);
  };
  return (
    <Dialog
      onClose={close}
      danger={danger}
      title={
        <>
          <Icon name={verb} /> {words.confirm.title[verb](targets.length)}
        </>
      }
    >
      {danger && <p className="confirm-danger">{words.confirm.kill}</p>}
      {verb !== 'start' && (
        <p className={ends > 0 ? 'confirm-ends' : undefined}>
          {ends > 0 ? words.confirm.ends(ends) : words.confirm.endsNone}
        </p>
      )}
      <ul className="confirm-list" aria-label={words.confirm.list} tabIndex={0}>
        {targets.map(({ process, effect }) => (
          <li key={process.key} data-effect={effect}>
            <StateMark state={process.state} />
            <span className="confirm-name">{process.key}</span>
            <span className="confirm-state">{words.states[process.state]}</span>
            <span className="confirm-effect">{words.confirm.effects[effect]}</span>
          </li>
        ))}
      </ul>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={close} data-first={danger || undefined}>
          {words.confirm.cancel}
        </button>
        <button
          type="button"
          className={danger ? 'button danger' : 'button primary'}
          onClick={confirm}
          data-first={!danger || undefined}
          disabled={targets.length === 0}
        >
          {words.confirm.button[verb](targets.length)}
        </button>
      </div>
    </Dialog>
  );
}
